// The page: the person, the place and its contents, read again whenever the sandbox sends a note.

import { $, ask } from "./dom.js";
import { choosing, chooseCommand, dropCommand } from "./command.js";
import { wireComposer } from "./composer.js";
import { drawFilters, hearHappening, readHappenings } from "./happenings.js";
import { icon } from "./icons.js";
import { drawMembers } from "./members.js";
import { drawMessages } from "./messages.js";
import { readPanel, showDrawer, togglePanel } from "./panels.js";
import { addressAs, drawPlaces, personNamed } from "./places.js";
import { openTime } from "./time.js";
import { drawTour, restartTour, startTour, tourHeard, tourMoved, tourPinged, tourSaw } from "./tour.js";
import {
  CATEGORY, channelsOf, DM, here, HOME, may, people, pingsIn, readChannels, readCommands, readPeople,
  readPlaces, readWorld, world,
} from "./world.js";

const SEND_MESSAGES = 11;
const WRITABLE = new Set([0, 1, 2, 5, 10, 11, 12]);
const lastIn = new Map(); // the last channel shown, by server
const go = { channel: goChannel, server: goServer, person: become };

function draw() {
  drawPlaces(go);
  drawHead();
  drawMembers(go);
  drawTour();
}

function drawHead() {
  const channel = here();
  const direct = channel?.type === DM;
  const name = direct ? world.health.bot.username : channel?.name;
  $("title").textContent = channel ? `${direct ? "@" : "#"} ${name}` : "Nothing to see";
  $("topic").textContent = channel?.topic ?? "";
  const waiting = pingsIn([...world.channels.values()]);
  document.title = `${waiting ? `(${waiting}) ` : ""}${channel ? `${name} · ` : ""}Sandbox`;
  $("offline").hidden = world.health.shards.length > 0;
  $("time-button").hidden = !world.health.has_time;
  const writable = channel && WRITABLE.has(channel.type) && may(SEND_MESSAGES);
  $("text").placeholder = writable
    ? `Message ${direct ? "@" : "#"}${name}, or / for commands`
    : "You may not write here; / for commands";
}

async function goChannel(id) {
  if (id !== "new") return open(id);
  const channel = await ask("POST", "/act/dm", { user_id: world.person });
  await readChannels();
  return open(channel.id);
}

function goServer(server) {
  const known = channelsOf(server).filter((one) => one.type !== CATEGORY);
  const last = known.find((one) => one.id === lastIn.get(server));
  const next = last ?? known.find((one) => WRITABLE.has(one.type)) ?? known[0];
  if (server === HOME && !next) return goChannel("new");
  return open(next?.id ?? null, { server });
}

async function open(channelId, { server, step = true } = {}) {
  world.channel = channelId;
  world.server = here() ? (here().guild_id ?? HOME) : (server ?? world.guilds[0]?.id ?? HOME);
  lastIn.set(world.server, channelId);
  localStorage.setItem("channel", channelId ?? "");
  const address = addressNow();
  if (address !== location.pathname + location.search) {
    history[step ? "pushState" : "replaceState"](null, "", address);
  }
  if (choosing()) dropCommand();
  showDrawer(false);
  draw();
  const [shown] = await Promise.all([drawMessages(go), readCommands()]);
  drawTour();
  saw(shown);
}

function addressNow() {
  const person = world.users.get(world.person);
  const query = person ? new URL(addressAs(person), location).search : "";
  return (world.channel ? `/channels/${world.server}/${world.channel}` : "/") + query;
}

// Messages on the screen count as read, in every window of this person.
function saw(messages) {
  tourSaw(messages);
  const channel = here();
  if (!channel?.unread || document.visibilityState !== "visible") return;
  ask("POST", "/act/read", { user_id: world.person, channel_id: channel.id }).catch(() => {});
}

function firstChannel() {
  const wanted = [location.pathname.split("/")[3], world.channel, localStorage.getItem("channel")];
  const found = wanted.find((id) => world.channels.has(id));
  const fits = (one) => one.guild_id && WRITABLE.has(one.type);
  return found ?? [...world.channels.values()].find(fits)?.id ?? null;
}

async function become(person) {
  world.person = person;
  localStorage.setItem("person", person);
  await readPlaces();
  const next = world.channels.has(world.channel) ? world.channel : null;
  if (next) await open(next);
  else await goServer(world.guilds.some((one) => one.id === world.server) ? world.server : HOME);
}

// Many notes at once, such as a burst of edits, lead to one reading.
const due = new Set();
let timer = null;

function soon(what) {
  due.add(what);
  timer ??= setTimeout(catchUp, 60);
}

async function catchUp() {
  timer = null;
  const all = due.has("all");
  const marks = due.has("marks");
  due.clear();
  if (all) {
    await readWorld();
    if (!world.channels.has(world.channel)) return open(firstChannel(), { step: false });
    await readCommands();
  } else if (marks) {
    await Promise.all([readPeople(), readChannels()]);
  }
  draw();
  saw(await drawMessages(go));
}

function hear(note) {
  if (note.type === "happening") {
    hearHappening(note.row);
    return tourHeard(note.row);
  }
  if (note.type === "read") return soon("marks");
  if (!note.type.startsWith("message.")) return soon("all");
  if (note.type === "message.create") tourPinged(note);
  if (note.type !== "message.update") soon("marks");
  else if (note.channel_id === world.channel) soon("messages");
}

function listen() {
  const socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/control/events`);
  socket.addEventListener("open", () => {
    soon("all");
    readHappenings();
  });
  socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  socket.addEventListener("close", () => setTimeout(listen, 1000));
}

function wire() {
  for (const button of document.querySelectorAll("[data-icon]")) button.prepend(icon(button.dataset.icon));
  wireComposer();
  $("menu").addEventListener("click", () => showDrawer(!document.body.classList.contains("drawer")));
  $("members-button").addEventListener("click", () => togglePanel("members"));
  $("happenings-button").addEventListener("click", () => togglePanel("happenings"));
  for (const button of document.querySelectorAll(".panel-close")) {
    button.addEventListener("click", () => togglePanel(null));
  }
  $("time-button").addEventListener("click", () => openTime(tourMoved));
  $("tour-button").addEventListener("click", restartTour);
  window.addEventListener("popstate", async () => {
    const person = personNamed(new URLSearchParams(location.search).get("as"));
    if (person && person.id !== world.person) {
      world.person = person.id;
      await readPlaces();
    }
    await open(firstChannel(), { step: false });
  });
  document.addEventListener("visibilitychange", () => soon("messages"));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    showDrawer(false);
    if (choosing()) dropCommand();
  });
}

async function begin() {
  wire();
  drawFilters();
  readPanel();
  await readPeople();
  const named = personNamed(new URLSearchParams(location.search).get("as"));
  world.person = named?.id ?? localStorage.getItem("person") ?? people()[0]?.id ?? null;
  await readWorld();
  await open(firstChannel(), { step: false });
  startTour({
    choose: chooseCommand,
    become,
    time: () => openTime(tourMoved),
  });
  listen();
}

await begin();
