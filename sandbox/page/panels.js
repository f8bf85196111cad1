// The sides: the drawer of channels on a phone, and one panel at a time on the right.

import { $ } from "./dom.js";

const PANELS = ["members", "happenings"];
const wide = () => matchMedia("(min-width: 64rem)").matches;

export function showDrawer(shown) {
  document.body.classList.toggle("drawer", shown);
  $("menu").setAttribute("aria-expanded", String(shown));
}

export function readPanel() {
  showPanel(wide() ? (localStorage.getItem("panel") ?? "members") : "");
}

// Open this panel, or close it if it is open; null closes the open one.
export function togglePanel(name) {
  const open = PANELS.find((one) => !$(one).hidden);
  const next = name === open ? null : name;
  if (wide()) localStorage.setItem("panel", next ?? "");
  showPanel(next);
  if (next && !wide()) $(next).querySelector("button").focus();
  else if (!next && open) $(`${open}-button`).focus();
}

function showPanel(name) {
  for (const one of PANELS) {
    $(one).hidden = one !== name;
    $(`${one}-button`).setAttribute("aria-expanded", String(one === name));
  }
}
