// A modal the bot opened: a form in a dialog.

import { $, ask, el } from "./dom.js";
import { offered } from "./components.js";
import { world } from "./world.js";

const PARAGRAPH = 2;
const TEXT = 4;

export function openModal(outcome) {
  const dialog = $("modal");
  const trouble = el("p", { className: "trouble", role: "alert" });
  const inputs = outcome.modal.components.flatMap((row) =>
    row.component
      ? [{ ...row.component, label: row.label, description: row.description }]
      : row.components,
  );
  const fields = inputs.map(field);
  const send = el("button", { className: "component primary" }, "Submit");
  const submit = async (event) => {
    event.preventDefault();
    trouble.textContent = "";
    send.disabled = true;
    try {
      const values = Object.fromEntries(fields.map(({ part, read }) => [part.custom_id, read()]));
      const answer = await ask("POST", "/act/modal", {
        user_id: world.person,
        interaction_id: outcome.interaction_id,
        values,
      });
      if (answer.error) throw new Error("Something went wrong. Try again.");
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

function field(part) {
  const required = part.required ?? true;
  const star = required ? el("span", { className: "required", ariaHidden: "true" }, " *") : null;
  const name = el("span", {}, part.label, star);
  const hint = part.description ? el("span", { className: "hint" }, part.description) : null;
  if (part.type !== TEXT) {
    const options = offered(part).map((one) =>
      el("option", { value: one.value, defaultSelected: one.default }, one.label),
    );
    const node = el("select", { multiple: (part.max_values ?? 1) > 1 }, options);
    const read = () => [...node.selectedOptions].map((option) => option.value);
    return { part, read, node: el("label", {}, name, hint, node) };
  }
  const shared = {
    value: part.value ?? "",
    required,
    minLength: part.min_length ?? -1,
    maxLength: part.max_length ?? 4000,
    placeholder: part.placeholder ?? "",
  };
  if (shared.minLength < 0) delete shared.minLength;
  const input =
    part.style === PARAGRAPH
      ? el("textarea", { rows: 4, ...shared })
      : el("input", { type: "text", ...shared });
  return { part, read: () => input.value, node: el("label", {}, name, hint, input) };
}
