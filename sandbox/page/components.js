// Buttons and selects of a message, and what happens when they are used.

import { ask, el } from "./dom.js";
import { openModal } from "./modal.js";
import { nameOf, world } from "./world.js";

const BUTTON = 2;
const LINK = 5;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary" };

export function components(message) {
  if (!message.components.length) return null;
  const trouble = el("p", { className: "trouble", role: "alert" });
  const use = async (node, part, values) => {
    trouble.textContent = "";
    node.classList.add("busy");
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
      node.classList.remove("busy");
    }
  };
  const rows = message.components.map((row) =>
    el("div", { className: "row" }, row.components.map((part) => component(part, use))),
  );
  return el("div", { className: "components" }, rows, trouble);
}

function component(part, use) {
  return part.type === BUTTON ? button(part, use) : select(part, use);
}

function label(part) {
  const emoji = part.emoji?.id ? `:${part.emoji.name}:` : part.emoji?.name;
  return [emoji, part.label].filter(Boolean).join(" ");
}

function button(part, use) {
  const className = `component ${STYLES[part.style] ?? "secondary"}`;
  if (part.style === LINK) {
    const safe = { href: part.url, target: "_blank", rel: "noopener noreferrer" };
    return el("a", { className, ...safe }, `${label(part)} ↗`);
  }
  return el(
    "button",
    {
      type: "button",
      className,
      disabled: part.disabled,
      "data-custom-id": part.custom_id,
      onclick: (event) => use(event.currentTarget, part),
    },
    label(part),
  );
}

// What a select offers: its own options, or people, roles and channels of this guild.
export function offered(part) {
  const guild = world.channels.get(world.channel)?.guild_id;
  const preset = new Set((part.default_values ?? []).map((value) => value.id));
  const people = [...(world.members.get(guild)?.keys() ?? [])].map((id) => ({ value: id, label: `@${nameOf(id)}` }));
  const roles = [...world.roles.values()]
    .filter((role) => role.guild === guild && role.id !== guild)
    .map((role) => ({ value: role.id, label: `@${role.name}` }));
  const channels = [...world.channels.values()]
    .filter((one) => one.guild_id === guild)
    .filter((one) => !part.channel_types?.length || part.channel_types.includes(one.type))
    .map((one) => ({ value: one.id, label: `#${one.name}` }));
  const found = { 3: part.options, 5: people, 6: roles, 7: [...people, ...roles], 8: channels }[part.type];
  return (found ?? []).map((one) => ({ ...one, default: one.default ?? preset.has(one.value) }));
}

function select(part, use) {
  const most = part.max_values ?? 1;
  const single = most === 1;
  const options = offered(part).map((one) =>
    el(
      "option",
      { value: one.value, defaultSelected: one.default },
      one.description ? `${one.label} (${one.description})` : one.label,
    ),
  );
  const title = part.placeholder ?? (single ? "Make a selection" : `Choose up to ${most}`);
  const empty = single && !options.some((option) => option.defaultSelected);
  const node = el(
    "select",
    {
      multiple: !single,
      disabled: part.disabled,
      "data-custom-id": part.custom_id,
      ariaLabel: title,
      size: single ? 1 : Math.min(Math.max(options.length, 2), 6),
    },
    empty ? el("option", { value: "", disabled: true, defaultSelected: true, hidden: true }, title) : null,
    options,
  );
  const chosen = () => [...node.selectedOptions].map((option) => option.value).filter(Boolean);
  if (single) {
    node.addEventListener("change", () => use(node, part, chosen()));
    return node;
  }
  const done = { type: "button", className: "component secondary", onclick: () => use(node, part, chosen()) };
  return el("div", { className: "multiple" }, el("span", { className: "hint" }, title), node, el("button", done, "Choose"));
}
