// Typing a slash command: choosing it, filling its options, sending it.

import { $, ask, el } from "./dom.js";
import { openModal } from "./modal.js";
import { Offers } from "./offers.js";
import { nameOf, world } from "./world.js";

const [SUB, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
];

let current = null;

// Every command a person can type here, subcommands spelled out.
function typed() {
  const spread = (name, description, options) => {
    const below = (options ?? []).filter((option) => option.type === SUB || option.type === GROUP);
    if (!below.length) return [{ name, description, options: options ?? [] }];
    return below.flatMap((option) => spread(`${name} ${option.name}`, option.description, option.options));
  };
  return world.commands.flatMap((one) => spread(one.name, one.description, one.options));
}

export function matching(text) {
  const wanted = text.slice(1).trim().toLowerCase();
  return typed()
    .filter((one) => one.name.includes(wanted))
    .sort((a, b) => b.name.startsWith(wanted) - a.name.startsWith(wanted))
    .slice(0, 25)
    .map((one) => ({ label: `/${one.name}`, hint: one.description, command: one }));
}

export function chooseCommand(command) {
  current = { command, fields: new Map() };
  const box = $("command");
  const optional = el("p", { className: "optional" });
  const fields = el("div", { className: "fields" });
  for (const option of command.options) {
    if (option.required) addField(fields, option);
    else optional.append(optionButton(option, fields, optional));
  }
  box.replaceChildren(
    el(
      "p",
      { className: "command-name" },
      el("strong", {}, `/${command.name}`),
      el("span", { className: "hint" }, ` ${command.description} `),
      el("button", { type: "button", className: "link", onclick: dropCommand }, "Cancel"),
    ),
    fields,
    optional,
  );
  if (optional.childElementCount) optional.prepend("Add: ");
  box.hidden = false;
  $("text").value = "";
  $("text").hidden = true;
  $("status").textContent = "";
  const first = fields.querySelector("input, select") ?? document.querySelector("#composer .entry button");
  first.focus();
}

export function dropCommand() {
  current = null;
  $("command").hidden = true;
  $("command").replaceChildren();
  $("text").hidden = false;
  $("text").focus();
}

export const choosing = () => current !== null;

function optionButton(option, fields, optional) {
  const button = el(
    "button",
    {
      type: "button",
      className: "chip",
      title: option.description,
      onclick: () => {
        button.remove();
        addField(fields, option).focus();
        optional.hidden = !optional.querySelector("button");
      },
    },
    option.name,
  );
  return button;
}

function addField(fields, option) {
  const { input, read, list } = control(option);
  current.fields.set(option.name, read);
  input.required = Boolean(option.required);
  fields.append(
    el(
      "label",
      { className: "option" },
      el("span", {}, option.name, option.required ? "" : el("span", { className: "hint" }, " optional")),
      input,
      list,
      el("span", { className: "hint" }, option.description),
    ),
  );
  return input;
}

function control(option) {
  if (option.choices?.length) {
    return picker(option.choices.map((choice) => [JSON.stringify(choice.value), choice.name]), JSON.parse);
  }
  if (option.type === BOOLEAN) return picker([["true", "True"], ["false", "False"]], JSON.parse);
  const entities = things(option);
  if (entities) return picker(entities, String);
  if (option.autocomplete) return completing(option);
  if (option.type === INTEGER || option.type === NUMBER) {
    const bounds = { min: option.min_value ?? "", max: option.max_value ?? "" };
    const step = option.type === NUMBER ? "any" : 1;
    const input = el("input", { type: "number", step, ...bounds });
    return { input, list: null, read: () => (input.value === "" ? undefined : Number(input.value)) };
  }
  const input = el("input", { type: "text", maxLength: option.max_length ?? 6000 });
  return { input, list: null, read: () => input.value.trim() || undefined };
}

function picker(pairs, parse) {
  const rows = [["", ""], ...pairs].map(([value, label]) => el("option", { value }, label));
  const input = el("select", {}, rows);
  return { input, list: null, read: () => (input.value === "" ? undefined : parse(input.value)) };
}

function things(option) {
  const guild = world.channels.get(world.channel)?.guild_id;
  const people = [...(world.members.get(guild)?.keys() ?? [])].map((id) => [id, `@${nameOf(id)}`]);
  const roles = [...world.roles.values()]
    .filter((role) => role.guild === guild && role.id !== guild)
    .map((role) => [role.id, `@${role.name}`]);
  const channels = [...world.channels.values()]
    .filter((one) => one.guild_id === guild)
    .filter((one) => !option.channel_types?.length || option.channel_types.includes(one.type))
    .map((one) => [one.id, `#${one.name}`]);
  return { [USER]: people, [CHANNEL]: channels, [ROLE]: roles, [MENTIONABLE]: [...people, ...roles] }[option.type];
}

function completing(option) {
  const list = el("ul", { id: `offers-${option.name}`, className: "offers", role: "listbox", hidden: true });
  const input = el("input", { type: "text", role: "combobox" });
  input.setAttribute("aria-controls", list.id);
  let value;
  let timer;
  const offers = new Offers(input, list, (row) => {
    input.value = row.label;
    value = row.value;
  });
  const look = async () => {
    const asked = input.value;
    try {
      const body = { ...place(), name: current.command.name, focused: option.name };
      const options = { ...values(option.name), [option.name]: asked };
      const outcome = await ask("POST", "/act/autocomplete", { ...body, options });
      if (input.value !== asked || document.activeElement !== input) return;
      offers.show((outcome.choices ?? []).map((one) => ({ label: one.name, value: one.value })));
    } catch {
      offers.hide();
    }
  };
  const later = () => {
    value = undefined;
    clearTimeout(timer);
    timer = setTimeout(look, 200);
  };
  input.addEventListener("input", later);
  input.addEventListener("focus", later);
  return { input, list, read: () => value ?? (input.value.trim() || undefined) };
}

const place = () => ({ user_id: world.person, channel_id: world.channel });

function values(without) {
  const found = {};
  for (const [name, read] of current.fields) {
    const value = name === without ? undefined : read();
    if (value !== undefined) found[name] = value;
  }
  return found;
}

export async function sendCommand() {
  const status = $("status");
  status.textContent = "Sending…";
  try {
    const body = { ...place(), name: current.command.name, options: values() };
    const outcome = await ask("POST", "/act/command", body);
    status.textContent = outcome.error ? `${outcome.error}.` : "";
    if (outcome.error) return;
    dropCommand();
    if (outcome.modal) openModal(outcome);
  } catch (error) {
    status.textContent = error.message;
  }
}
