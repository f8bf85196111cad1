// The page: who one is, where one is, what is there; read again whenever the sandbox says so.

import { $, ask, el } from "./dom.js";
import { choosing, chooseCommand, dropCommand, matching, sendCommand } from "./command.js";
import { drawMessages } from "./messages.js";
import { Offers } from "./offers.js";
import { may, readChannels, readCommands, readPlaces, readWorld, world } from "./world.js";

const DM = 1;
const CATEGORY = 4;
const SEND_MESSAGES = 11;
const WRITABLE = new Set([0, 1, 2, 5, 10, 11, 12]);

function drawPeople() {
  const people = [...world.users.values()].filter((user) => !user.bot);
  $("person").replaceChildren(
    ...people.map((user) => el("option", { value: user.id }, user.global_name ?? user.username)),
  );
  $("person").value = world.person ?? "";
}

function drawPlaces() {
  const channels = [...world.channels.values()];
  const groups = world.guilds.map((guild) =>
    group(guild.name, channels.filter((one) => one.guild_id === guild.id)),
  );
  const direct = channels.filter((one) => one.type === DM);
  groups.push(group("Direct messages", direct.length ? direct : [{ id: "new", type: DM }]));
  $("places").replaceChildren(...groups);
}

function group(name, channels) {
  const items = [];
  const add = (channel, depth) => {
    items.push(el("li", { className: `depth-${depth}` }, placeButton(channel)));
    for (const one of channels) if (one.parent_id === channel.id) add(one, depth + 1);
  };
  const known = new Set(channels.map((one) => one.id));
  for (const one of channels) if (!known.has(one.parent_id)) add(one, 0);
  return el("section", {}, el("h2", {}, name), el("ul", {}, items));
}

function placeButton(channel) {
  if (channel.type === CATEGORY) return el("span", { className: "category" }, channel.name);
  const name = channel.type === DM ? world.health.bot.username : channel.name;
  const mark = { [DM]: "@", 11: "↳", 10: "↳", 12: "↳", 2: "♪" }[channel.type] ?? "#";
  const here = channel.id === world.channel;
  return el(
    "button",
    {
      type: "button",
      className: world.unread.has(channel.id) ? "place unread" : "place",
      "aria-current": here ? "page" : null,
      onclick: () => (channel.id === "new" ? startDirect() : open(channel.id)),
    },
    el("span", { className: "mark", ariaHidden: "true" }, mark),
    name,
    world.unread.has(channel.id) ? el("span", { className: "dot" }, "new") : null,
  );
}

async function startDirect() {
  const channel = await ask("POST", "/act/dm", { user_id: world.person });
  await readChannels();
  open(channel.id);
}

function drawHead() {
  const channel = world.channels.get(world.channel);
  const direct = channel?.type === DM;
  const name = direct ? world.health.bot.username : channel?.name;
  $("title").textContent = channel ? `${direct ? "@" : "#"} ${name}` : "Nothing to see";
  $("topic").textContent = channel?.topic ?? "";
  document.title = channel ? `${name} · Sandbox` : "Sandbox";
  $("offline").hidden = world.health.shards.length > 0;
  const writable = channel && WRITABLE.has(channel.type) && may(SEND_MESSAGES);
  $("text").placeholder = writable
    ? `Write to ${direct ? "@" : "#"}${name}, or / for commands`
    : "You may not write here; / for commands";
}

function open(channelId) {
  world.channel = channelId;
  world.unread.delete(channelId);
  localStorage.setItem("channel", channelId ?? "");
  if (choosing()) dropCommand();
  showPlaces(false);
  drawPlaces();
  drawHead();
  readCommands();
  return drawMessages(open);
}

function firstChannel() {
  const wanted = [location.pathname.split("/")[3], world.channel, localStorage.getItem("channel")];
  const found = wanted.find((id) => world.channels.has(id));
  return found ?? [...world.channels.values()].find((one) => WRITABLE.has(one.type))?.id ?? null;
}

async function refresh() {
  await readWorld();
  drawPeople();
  await open(firstChannel());
}

async function become(person) {
  world.person = person;
  localStorage.setItem("person", person);
  world.unread.clear();
  await readPlaces();
  await open(firstChannel());
}

function showPlaces(shown) {
  document.body.classList.toggle("places-open", shown);
  $("menu").setAttribute("aria-expanded", String(shown));
}

// Many notes at once, such as a storm of edits, lead to one reading.
const due = new Set();
let timer = null;

function soon(what) {
  due.add(what);
  timer ??= setTimeout(async () => {
    timer = null;
    const all = due.has("all");
    due.clear();
    if (all) {
      await readWorld();
      drawPeople();
      if (!world.channels.has(world.channel)) return open(firstChannel());
      readCommands();
    }
    drawPlaces();
    drawHead();
    await drawMessages(open);
  }, 60);
}

function hear(note) {
  if (!note.type.startsWith("message.")) return soon("all");
  if (note.channel_id === world.channel) return soon("messages");
  const mine = !note.for_user || note.for_user === world.person;
  if (note.type === "message.create" && mine) {
    if (!world.channels.has(note.channel_id)) soon("all");
    world.unread.add(note.channel_id);
    drawPlaces();
  }
}

function listen() {
  const socket = new WebSocket(`ws://${location.host}/control/events`);
  socket.addEventListener("open", () => soon("all"));
  socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  socket.addEventListener("close", () => setTimeout(listen, 1000));
}

const offers = new Offers($("text"), $("offers"), (row) => chooseCommand(row.command));

$("text").addEventListener("input", () => {
  const { value } = $("text");
  offers.show(value.startsWith("/") ? matching(value) : []);
});

$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (choosing()) return sendCommand();
  const content = $("text").value;
  if (!content.trim()) return;
  if (content.startsWith("/")) {
    $("status").textContent = "There is no such command here.";
    return;
  }
  try {
    await ask("POST", "/act/message", { user_id: world.person, channel_id: world.channel, content });
    $("text").value = "";
    $("status").textContent = "";
  } catch (error) {
    $("status").textContent = error.message;
  }
});

$("person").addEventListener("change", (event) => become(event.target.value));
$("menu").addEventListener("click", () => showPlaces(!document.body.classList.contains("places-open")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  showPlaces(false);
  if (choosing() && !$("modal").open) dropCommand();
});

world.person = localStorage.getItem("person");
await refresh();
listen();
