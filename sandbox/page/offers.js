// A list of offers above a text field, for mouse and keyboard.

import { el } from "./dom.js";

export class Offers {
  constructor(input, list, choose) {
    this.input = input;
    this.list = list;
    this.choose = choose;
    this.rows = [];
    this.at = -1;
    this.moved = false;
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.hide(), 150));
  }

  get open() {
    return !this.list.hidden;
  }

  show(rows) {
    this.rows = rows;
    this.at = rows.length ? 0 : -1;
    this.moved = false;
    this.list.replaceChildren(
      ...rows.map((row, n) =>
        el(
          "li",
          { id: `${this.list.id}-${n}`, role: "option", onmousedown: (event) => this.press(event, n) },
          el("strong", {}, row.label),
          row.more ? el("span", { className: "more" }, row.more) : null,
          row.hint ? el("span", { className: "hint" }, row.hint) : null,
        ),
      ),
    );
    this.list.hidden = !rows.length;
    this.input.setAttribute("aria-expanded", String(this.open));
    this.mark();
  }

  hide() {
    this.show([]);
  }

  press(event, n) {
    event.preventDefault();
    this.take(n);
  }

  take(n) {
    const row = this.rows[n];
    this.hide();
    if (row) this.choose(row);
  }

  mark() {
    for (const [n, item] of [...this.list.children].entries()) {
      item.setAttribute("aria-selected", String(n === this.at));
      if (n === this.at) item.scrollIntoView({ block: "nearest" });
    }
    if (this.at < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
  }

  step(by) {
    this.at = (this.at + by + this.rows.length) % this.rows.length;
    this.moved = true;
    this.mark();
  }

  key(event) {
    if (!this.open) return;
    if (event.key === "ArrowDown") this.step(1);
    else if (event.key === "ArrowUp") this.step(-1);
    else if (event.key === "Escape") this.hide();
    else if (event.key === "Enter") this.take(this.at);
    else if (event.key === "Tab") {
      // Tab takes an offer that was searched for; otherwise it only moves on.
      if (!this.moved && !this.input.value) return this.hide();
      this.take(this.at);
      if (document.activeElement === this.input) return; // focus moves on to the next field
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
