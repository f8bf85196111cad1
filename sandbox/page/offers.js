// A list of offers below a text field, for mouse and keyboard.

import { el } from "./dom.js";

export class Offers {
  constructor(input, list, choose) {
    this.input = input;
    this.list = list;
    this.choose = choose;
    this.rows = [];
    this.at = -1;
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.hide(), 150));
  }

  get open() {
    return !this.list.hidden;
  }

  show(rows) {
    this.rows = rows;
    this.at = rows.length ? 0 : -1;
    this.list.replaceChildren(
      ...rows.map((row, n) =>
        el(
          "li",
          { id: `${this.list.id}-${n}`, role: "option", onmousedown: (event) => this.press(event, n) },
          el("strong", {}, row.label),
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

  key(event) {
    if (!this.open) return;
    if (event.key === "ArrowDown") this.at = (this.at + 1) % this.rows.length;
    else if (event.key === "ArrowUp") this.at = (this.at + this.rows.length - 1) % this.rows.length;
    else if (event.key === "Escape") this.hide();
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.at);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.mark();
  }
}
