// A modal that the bot opened, as a form in a dialog.

import { $, ask, el } from "./dom.js";
import { selectOf } from "./components.js";
import { world } from "./world.js";

const PARAGRAPH = 2;
const TEXT = 4;

export function openModal(outcome) {
  const dialog = $("modal");
  const trouble = el("p", { className: "trouble", role: "alert" });
  const fields = inputsOf(outcome.modal).map(field);
  const send = el("button", { className: "component primary" }, "Submit");
  const submit = async (event) => {
    event.preventDefault();
    trouble.textContent = "";
    send.disabled = true;
    try {
      await submitModal(outcome.interaction_id, fields);
      dialog.close();
    } catch (error) {
      trouble.textContent = error.message;
    } finally {
      send.disabled = false;
    }
  };
  const close = { type: "button", className: "component secondary", onclick: () => dialog.close() };
  dialog.replaceChildren(
    el(
      "form",
      { onsubmit: submit },
      el("h2", { id: "modal-title" }, outcome.modal.title),
      fields.map(({ node }) => node),
      trouble,
      el("div", { className: "row" }, el("button", close, "Cancel"), send),
    ),
  );
  dialog.setAttribute("aria-labelledby", "modal-title");
  dialog.showModal();
}

function inputsOf(modal) {
  return modal.components.flatMap((row) =>
    row.component
      ? [{ ...row.component, label: row.label, description: row.description }]
      : (row.components ?? []),
  );
}

async function submitModal(interactionId, fields) {
  const values = Object.fromEntries(fields.map(({ part, read }) => [part.custom_id, read()]));
  const body = { user_id: world.person, interaction_id: interactionId, values };
  const answer = await ask("POST", "/act/modal", body);
  if (answer.error) throw new Error("Something went wrong. Try again.");
}

function field(part) {
  const required = part.required ?? true;
  const star = required ? el("span", { className: "required", ariaHidden: "true" }, " *") : null;
  const name = el("span", {}, part.label, star);
  const hint = part.description ? el("span", { className: "hint" }, part.description) : null;
  if (part.type !== TEXT) {
    const { node, values } = selectOf(part, part.placeholder ? {} : { title: part.label });
    return { part, read: values, node: el("div", { className: "field-box" }, name, hint, node) };
  }
  const input = textInput(part, required);
  return { part, read: () => input.value, node: el("label", { className: "field-box" }, name, hint, input) };
}

function textInput(part, required) {
  const shared = {
    value: part.value ?? "",
    required,
    maxLength: part.max_length ?? 4000,
    placeholder: part.placeholder ?? "",
    ...(part.min_length ? { minLength: part.min_length } : {}),
  };
  return part.style === PARAGRAPH
    ? el("textarea", { rows: 4, ...shared })
    : el("input", { type: "text", ...shared });
}
