// Buttons and selects of a message, and their use.

import { ask, el, safe } from "./dom.js";
import { openModal } from "./modal.js";
import { selectBox } from "./select.js";
import { choicesHere, world } from "./world.js";

const BUTTON = 2;
const LINK = 5;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary" };

export function components(message) {
  if (!message.components.length) return null;
  const trouble = el("p", { className: "trouble", role: "alert" });
  const box = el("div", { className: "components" });
  const use = async (node, part, values) => {
    if (box.classList.contains("waiting")) return;
    trouble.textContent = "";
    wait(box, node, true);
    try {
      const outcome = await ask("POST", "/act/component", {
        user_id: world.person,
        channel_id: message.channel_id,
        message_id: message.id,
        custom_id: part.custom_id,
        values,
      });
      if (outcome.error) trouble.textContent = `${outcome.error}.`;
      if (outcome.modal) openModal(outcome);
    } catch (error) {
      trouble.textContent = error.message;
    } finally {
      wait(box, node, false);
    }
  };
  box.append(
    ...message.components.map((row) =>
      el("div", { className: "row" }, (row.components ?? []).map((part) => component(part, use))),
    ),
    trouble,
  );
  return box;
}

// All components of the message are disabled until the application answers.
function wait(box, node, waiting) {
  box.classList.toggle("waiting", waiting);
  node.classList.toggle("busy", waiting);
  node.ariaBusy = String(waiting);
}

function component(part, use) {
  return part.type === BUTTON ? button(part, use) : select(part, use);
}

const emojiOf = (part) => (part.emoji?.id ? `:${part.emoji.name}:` : part.emoji?.name);

function button(part, use) {
  const className = `component ${STYLES[part.style] ?? "secondary"}`;
  const label = [emojiOf(part), part.label].filter(Boolean).join(" ");
  if (part.style === LINK) return el("a", { className, href: part.url, ...safe }, `${label} ↗`);
  return el(
    "button",
    {
      type: "button",
      className,
      disabled: part.disabled,
      "data-custom-id": part.custom_id,
      onclick: (event) => use(event.currentTarget, part),
    },
    label,
  );
}

// The rows of a select: its own options, or people, roles and channels of this guild.
export function offered(part) {
  const { people, roles, channels } = choicesHere(part.channel_types);
  const preset = new Set((part.default_values ?? []).map((value) => value.id));
  const own = part.options?.map((one) => ({ ...one, emoji: emojiOf(one) }));
  const found = { 3: own, 5: people, 6: roles, 7: [...people, ...roles], 8: channels }[part.type];
  return (found ?? []).map((one) => ({ ...one, default: one.default ?? preset.has(one.value) }));
}

export function selectOf(part, more = {}) {
  const most = part.max_values ?? 1;
  return selectBox({
    rows: offered(part),
    title: part.placeholder ?? (most === 1 ? "Make a selection" : `Choose up to ${most}`),
    least: part.min_values ?? 1,
    most,
    disabled: part.disabled,
    data: { "data-custom-id": part.custom_id },
    ...more,
  });
}

function select(part, use) {
  const box = selectOf(part, { done: (values) => use(box.button, part, values) });
  return box.node;
}
