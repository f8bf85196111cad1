// The fields of a slash command's options: each kind has its input and its reading.

import { el } from "./dom.js";
import { Offers } from "./offers.js";
import { choicesHere } from "./world.js";

export const [SUB, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
];
const KINDS = { [INTEGER]: "whole number", [NUMBER]: "number", [BOOLEAN]: "true or false" };

export function kindOf(option) {
  const bounds = [option.min_value, option.max_value];
  const [low, high] = bounds.map((one) => one ?? "…");
  const range = bounds.some((one) => one !== undefined) ? ` ${low}–${high}` : "";
  return (KINDS[option.type] ?? "") + range;
}

// Make an input for the option, with its offers; `read` gives undefined while it is empty.
// `choicesFor` asks the application for offers to the typed text.
export function control(option, choicesFor) {
  const fixed = fixedRows(option);
  if (fixed) return picker(option, fixed);
  if (option.autocomplete) return completing(option, choicesFor);
  if (option.type === INTEGER || option.type === NUMBER) return numeric(option);
  const input = el("input", { type: "text", maxLength: option.max_length ?? 6000 });
  return { input, list: null, read: () => input.value.trim() || undefined };
}

// A text field, because a number field would swallow the `name:` of the next option.
function numeric(option) {
  const input = el("input", { type: "text", inputMode: option.type === INTEGER ? "numeric" : "decimal" });
  const { min_value: low = -Infinity, max_value: high = Infinity } = option;
  input.addEventListener("input", () => {
    const value = Number(input.value);
    const fits = option.type === INTEGER ? Number.isInteger(value) : Number.isFinite(value);
    const wrong = !fits || value < low || value > high;
    input.setCustomValidity(wrong && input.value.trim() ? `This must be a ${kindOf(option)}.` : "");
  });
  return { input, list: null, read: () => (input.value.trim() ? Number(input.value) : undefined) };
}

function fixedRows(option) {
  if (option.choices?.length) return option.choices.map((one) => ({ label: one.name, value: one.value }));
  if (option.type === BOOLEAN) return [true, false].map((value) => ({ label: value ? "True" : "False", value }));
  return things(option);
}

function things(option) {
  const { people, roles, channels } = choicesHere(option.channel_types);
  const kinds = { [USER]: people, [CHANNEL]: channels, [ROLE]: roles, [MENTIONABLE]: [...people, ...roles] };
  return kinds[option.type];
}

function combobox(option) {
  const list = el("ul", { id: `offers-${option.name}`, className: "offers", role: "listbox", hidden: true, ariaLabel: option.name });
  const input = el("input", { type: "text", role: "combobox", ariaExpanded: "false", ariaAutoComplete: "list" });
  input.setAttribute("aria-controls", list.id);
  return { input, list };
}

// Only one of the rows is accepted.
function picker(option, rows) {
  const { input, list } = combobox(option);
  let value;
  const offers = new Offers(input, list, (row) => {
    input.value = row.label;
    value = row.value;
    input.setCustomValidity("");
  });
  const look = () => {
    const wanted = input.value.trim().toLowerCase();
    const same = rows.find((row) => row.label.toLowerCase() === wanted);
    value = same?.value;
    input.setCustomValidity(wanted && !same ? "Choose one of those offered." : "");
    if (document.activeElement !== input) return;
    offers.show(rows.filter((row) => row.label.toLowerCase().includes(wanted)).slice(0, 25));
  };
  input.addEventListener("input", look);
  input.addEventListener("focus", look);
  return { input, list, read: () => value };
}

// Free text, or one of the application's offers.
function completing(option, choicesFor) {
  const { input, list } = combobox(option);
  let value;
  let timer;
  const offers = new Offers(input, list, (row) => {
    input.value = row.label;
    value = row.value;
  });
  const look = async () => {
    const asked = input.value;
    const choices = await choicesFor(option.name, asked).catch(() => []);
    if (input.value !== asked || document.activeElement !== input) return;
    offers.show(choices.map((one) => ({ label: one.name, value: one.value })));
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(look, 200);
  };
  input.addEventListener("input", () => {
    value = undefined;
    later();
  });
  input.addEventListener("focus", later);
  return { input, list, read: () => value ?? (input.value.trim() || undefined) };
}
