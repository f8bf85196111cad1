// A select as chat clients have it: a button opens a list, by mouse or keyboard.

import { el } from "./dom.js";

let counter = 0;

// `rows`: value, label, description, emoji, default. `most` above 1 lets several be chosen.
// `done` gets the values when the list closes with others than before.
export function selectBox({ rows, title, least = 1, most = 1, disabled = false, data = {}, done }) {
  const id = `list-${(counter += 1)}`;
  const chosen = new Set(rows.filter((row) => row.default).map((row) => row.value));
  let at = 0;
  let before = "";
  const button = el("button", {
    type: "button",
    className: "select",
    disabled,
    ariaHasPopup: "listbox",
    ariaExpanded: "false",
    "aria-controls": id,
    ...data,
  });
  const list = el("ul", { id, className: "options", role: "listbox", tabIndex: -1, hidden: true, ariaLabel: title });
  if (most > 1) list.setAttribute("aria-multiselectable", "true");
  const values = () => rows.map((row) => row.value).filter((value) => chosen.has(value));

  function show() {
    const picked = rows.filter((row) => chosen.has(row.value)).map((row) => row.label);
    button.textContent = picked.join(", ") || title;
    button.ariaLabel = picked.length ? `${title}: ${picked.join(", ")}` : title;
    button.classList.toggle("unset", !picked.length);
    for (const [n, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(chosen.has(rows[n].value)));
      item.classList.toggle("at", n === at);
      if (n === at && !list.hidden) item.scrollIntoView({ block: "nearest" });
    }
    list.setAttribute("aria-activedescendant", `${id}-${at}`);
  }

  function open() {
    before = values().join();
    at = Math.max(rows.findIndex((row) => chosen.has(row.value)), 0);
    list.hidden = false;
    button.ariaExpanded = "true";
    show();
    list.focus({ preventScroll: true });
  }

  function close({ focus = true } = {}) {
    if (list.hidden) return;
    list.hidden = true;
    button.ariaExpanded = "false";
    if (focus) button.focus();
    if (values().join() !== before && chosen.size >= least) done?.(values());
  }

  function take(n) {
    const { value } = rows[n];
    if (chosen.has(value)) {
      if (most > 1 || least === 0) chosen.delete(value);
    } else {
      if (most === 1) chosen.clear();
      if (chosen.size < most) chosen.add(value);
    }
    at = n;
    show();
    if (most === 1) close();
  }

  function key(event) {
    const end = rows.length - 1;
    const moves = { ArrowDown: Math.min(at + 1, end), ArrowUp: Math.max(at - 1, 0), Home: 0, End: end };
    if (event.key in moves) at = moves[event.key];
    else if (event.key === "Enter" || event.key === " ") return event.preventDefault(), take(at);
    else if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault();
      event.stopPropagation();
      return close();
    } else if (event.key.length === 1) {
      const next = [...rows.keys()].map((n) => (at + 1 + n) % rows.length);
      const wanted = event.key.toLowerCase();
      at = next.find((n) => rows[n].label.toLowerCase().replace(/^[@#]/, "").startsWith(wanted)) ?? at;
    } else return;
    event.preventDefault();
    show();
  }

  list.append(...rows.map((row, n) => option(row, `${id}-${n}`, most > 1, () => take(n))));
  list.addEventListener("keydown", key);
  list.addEventListener("blur", () => close({ focus: false }));
  button.addEventListener("click", () => (list.hidden ? open() : close()));
  button.addEventListener("mousedown", (event) => {
    if (!list.hidden) event.preventDefault(); // else the blur would close what the click reopens
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open();
  });
  show();
  return { node: el("div", { className: "select-box" }, button, list), button, values };
}

function option(row, id, several, onclick) {
  return el(
    "li",
    { id, role: "option", onclick, onmousedown: (event) => event.preventDefault() },
    several ? el("span", { className: "tick", ariaHidden: "true" }) : null,
    row.emoji ? el("span", { ariaHidden: "true" }, row.emoji) : null,
    el("span", {}, row.label, row.description ? el("span", { className: "hint" }, row.description) : null),
  );
}
