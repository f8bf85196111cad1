// The left side: servers, the channels of one of them, and the people to be.

import { $, avatar, badge, el } from "./dom.js";
import { icon } from "./icons.js";
import { CATEGORY, channelsOf, DM, HOME, isUnread, people, pingsIn, plainName, world } from "./world.js";

const ICONS = { 1: "at", 2: "voice", 5: "news", 10: "thread", 11: "thread", 12: "thread", 13: "voice" };

// `go` acts on a chosen channel, server or person.
export function drawPlaces(go) {
  drawServers(go);
  drawChannels(go);
  drawPeople(go);
}

function drawServers(go) {
  const home = serverButton(HOME, "Direct messages", icon("messages"), go);
  const servers = world.guilds.map((guild) =>
    serverButton(guild.id, guild.name, el("img", { src: `/cdn/icons/${guild.id}/0.png`, alt: "" }), go),
  );
  replace($("servers"), el("ul", {}, [home, ...servers].map((button) => el("li", {}, button))));
}

function serverButton(server, name, picture, go) {
  const channels = channelsOf(server);
  const pings = pingsIn(channels);
  const unread = channels.some(isUnread);
  return el(
    "button",
    {
      type: "button",
      className: unread ? "server unread" : "server",
      "data-key": server,
      "aria-current": server === world.server ? "true" : null,
      title: name,
      onclick: () => go.server(server),
    },
    picture,
    el("span", { className: "aside" }, unread && !pings ? `${name}, unread ` : `${name} `),
    badge(pings, "for you"),
  );
}

function drawChannels(go) {
  const guild = world.guilds.find((one) => one.id === world.server);
  $("server").textContent = guild?.name ?? "Direct messages";
  const channels = channelsOf(world.server);
  if (world.server === HOME && !channels.length) channels.push({ id: "new", type: DM });
  replace($("places"), tree(channels, go));
}

function tree(channels, go) {
  const known = new Set(channels.map((one) => one.id));
  const below = (parent) => channels.filter((one) => one.parent_id === parent);
  const top = channels.filter((one) => !known.has(one.parent_id));
  const items = (rows) => rows.flatMap((one) => [el("li", {}, placeButton(one, go)), ...threads(one)]);
  const threads = (one) =>
    below(one.id).map((thread) => el("li", { className: "deeper" }, placeButton(thread, go)));
  const sections = top
    .filter((one) => one.type === CATEGORY)
    .map((one) => el("section", {}, el("h3", {}, one.name), el("ul", {}, items(below(one.id)))));
  const loose = items(top.filter((one) => one.type !== CATEGORY));
  return el("div", {}, loose.length ? el("ul", {}, loose) : null, sections);
}

function placeButton(channel, go) {
  const direct = channel.type === DM;
  const [unread, pings] = [isUnread(channel), pingsIn([channel])];
  return el(
    "button",
    {
      type: "button",
      className: unread ? "place unread" : "place",
      "data-key": channel.id,
      "aria-current": channel.id === world.channel ? "page" : null,
      onclick: () => go.channel(channel.id),
    },
    direct ? avatar(world.health.bot.id) : icon(ICONS[channel.type] ?? "hash"),
    el("span", { className: "name" }, direct ? world.health.bot.username : channel.name),
    unread && !pings ? el("span", { className: "aside" }, " unread") : null,
    badge(pings, "for you"),
  );
}

function drawPeople(go) {
  const person = world.users.get(world.person);
  $("me").replaceChildren(
    ...(person
      ? [avatar(person.id), el("span", {}, el("strong", {}, plainName(person)), el("span", { className: "hint" }, `@${person.username}`))]
      : [el("span", {}, "Nobody is here yet")]),
  );
  replace($("people"), el("ul", {}, people().map((user) => el("li", {}, personLink(user, go)))));
}

// A link, because a middle click then opens a second window.
function personLink(user, go) {
  const mine = user.id === world.person;
  return el(
    "a",
    {
      href: addressAs(user),
      title: `Be ${plainName(user)}`,
      "data-key": user.id,
      "aria-current": mine ? "true" : null,
      onclick: (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go.person(user.id);
      },
    },
    avatar(user.id),
    el("span", { className: "aside" }, `${plainName(user)} `),
    badge(mine ? 0 : user.waiting, "unread"),
  );
}

// The address of this place for another person.
export function addressAs(user) {
  const twins = people().filter((one) => one.username === user.username);
  const query = new URLSearchParams({ as: twins.length > 1 ? user.id : user.username });
  return `${location.pathname}?${query}`;
}

export function personNamed(name) {
  return people().find((user) => user.username === name || user.id === name);
}

// Keep the focus while its surroundings are drawn anew.
function replace(box, content) {
  const key = box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const { scrollTop } = box;
  box.replaceChildren(content);
  box.scrollTop = scrollTop;
  if (key) box.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}
