// The form of a slash command: it is chosen, filled and sent here.

import { $, ask, el } from "./dom.js";
import { openModal } from "./modal.js";
import { control, GROUP, kindOf, SUB } from "./options.js";
import { world } from "./world.js";

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
    .map((one) => ({
      label: `/${one.name}`,
      more: one.options.filter((option) => option.required).map((option) => option.name).join(" "),
      hint: one.description,
      command: one,
    }));
}

export const commandNamed = (name) => typed().find((one) => one.name === name);

// Read a command that is typed out, followed by `option:value`.
export function spelledOut(text) {
  const command = typed().find((one) => text.startsWith(`/${one.name} `));
  if (!command) return null;
  const names = command.options.map((option) => option.name).join("|");
  const pairs = new RegExp(`(?:^|\\s)(${names}):\\s*(.*?)(?=\\s(?:${names}):|$)`, "gs");
  const found = names ? [...text.slice(command.name.length + 2).matchAll(pairs)] : [];
  return { command, values: Object.fromEntries(found.map(([, name, value]) => [name, value.trim()])) };
}

export const choosing = () => current !== null;

// Open the command's fields: the required ones and those that `values` fills.
export function chooseCommand(command, values = {}) {
  current = { command, fields: new Map() };
  const optional = el("p", { className: "optional" });
  const pills = el("div", { className: "pills" }, el("strong", { className: "pill-name" }, `/${command.name}`));
  $("command").replaceChildren(pills);
  $("options").replaceChildren(optional);
  for (const option of command.options) {
    if (option.required || option.name in values) addField(pills, option, optional, values[option.name]);
  }
  offerOthers(pills, optional);
  explain(null);
  $("command").hidden = $("options").hidden = $("drop").hidden = false;
  $("text").value = "";
  $("text").hidden = true;
  $("status").textContent = "";
  const first = [...pills.querySelectorAll("input")].find((input) => !input.value);
  (first ?? $("send")).focus();
}

export function dropCommand() {
  current = null;
  $("command").hidden = $("options").hidden = $("drop").hidden = true;
  $("command").replaceChildren();
  $("options").replaceChildren();
  $("hint").replaceChildren();
  $("text").hidden = false;
  $("text").focus();
}

function explain(option) {
  const { command } = current;
  const kind = option ? kindOf(option) : "";
  const needed = option?.required ? "required" : "optional";
  $("hint").replaceChildren(
    ...(option
      ? [el("strong", {}, option.name), ` ${option.description} `, el("span", { className: "hint" }, kind ? `${needed}, ${kind}` : needed)]
      : [el("strong", {}, `/${command.name}`), ` ${command.description}`]),
  );
}

function offerOthers(pills, optional) {
  const others = current.command.options.filter((option) => !current.fields.has(option.name));
  const chips = others.map((option) =>
    el(
      "button",
      {
        type: "button",
        className: "chip",
        title: option.description,
        onclick: () => addField(pills, option, optional).focus(),
      },
      `+ ${option.name}`,
    ),
  );
  optional.replaceChildren(...(chips.length ? ["Optional ", ...chips] : []));
}

function addField(pills, option, optional, value) {
  const { input, list, read } = control(option, choicesFor);
  current.fields.set(option.name, read);
  input.id = `option-${option.name}`;
  input.required = Boolean(option.required);
  const pill = el("div", { className: "pill" }, el("label", { htmlFor: `option-${option.name}` }, option.name), input);
  input.setAttribute("aria-describedby", "hint");
  input.addEventListener("focus", () => explain(option));
  input.addEventListener("input", () => {
    const named = nextOption(input, option);
    if (named) fill(pills, named.option, optional, named.text);
    fit(input);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Backspace" || input.value) return;
    event.preventDefault();
    if (option.required) return dropCommand();
    pill.remove();
    list?.remove();
    current.fields.delete(option.name);
    offerOthers(pills, optional);
    ([...pills.querySelectorAll("input")].at(-1) ?? $("send")).focus();
  });
  fill(pills, option, optional, value, input);
  pills.append(pill);
  if (list) $("options").append(list);
  offerOthers(pills, optional);
  return input;
}

// Typing `max_players:` in a field moves to that option, as in a chat client.
function nextOption(input, option) {
  const { options } = current.command;
  const names = options.map((one) => one.name).join("|");
  const found = new RegExp(`^(.*?)(?:^|\\s)(${names}):\\s*(.*)$`, "s").exec(input.value);
  if (!found) return null;
  const next = options.find((one) => one.name === found[2]);
  input.value = next === option ? found[3] : found[1].trimEnd();
  input.dispatchEvent(new Event("input")); // the text has changed: its checks and offers follow
  return next === option ? null : { option: next, text: found[3] };
}

// Put a text into the option's field as if it were typed, adding the field where it is missing.
function fill(pills, option, optional, text, field) {
  const input =
    field ?? pills.querySelector(`#option-${CSS.escape(option.name)}`) ?? addField(pills, option, optional);
  if (!field) input.focus();
  if (text) {
    input.value = text;
    input.dispatchEvent(new Event("input"));
  }
  fit(input);
}

// Make the field as wide as its text, where the style sheet lets it.
function fit(input) {
  input.style.width = `${Math.min(Math.max(input.value.length + 2, 8), 60)}ch`;
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

async function choicesFor(name, text) {
  const body = { ...place(), name: current.command.name, focused: name };
  const outcome = await ask("POST", "/act/autocomplete", { ...body, options: { ...values(name), [name]: text } });
  return outcome.choices ?? [];
}

export async function sendCommand() {
  const status = $("status");
  status.textContent = "";
  $("composer").classList.add("sending");
  try {
    const body = { ...place(), name: current.command.name, options: values() };
    const outcome = await ask("POST", "/act/command", body);
    status.textContent = outcome.error ? `${outcome.error}.` : "";
    if (outcome.error) return;
    dropCommand();
    if (outcome.modal) openModal(outcome);
  } catch (error) {
    status.textContent = error.message;
  } finally {
    $("composer").classList.remove("sending");
  }
}
