// The list of messages. Only changed messages are drawn again.

import { $, ask, avatar, el } from "./dom.js";
import { components } from "./components.js";
import { attachment, embed } from "./embed.js";
import { markdown, whenNode } from "./markdown.js";
import { tag } from "./members.js";
import { colorOf, language, nameOf, tinted, world } from "./world.js";

const LOADING = 128;
const EPHEMERAL = 64;
const TOGETHER = 7 * 60_000; // messages of one author within this time share one head
const shownAs = new Map();
let drawnChannel = null;
let readUpTo = null;

// Draw the messages and return them; `go` acts on a chosen thread or person.
export async function drawMessages(go) {
  const { channel, person } = world;
  if (!channel) {
    $("messages").replaceChildren();
    drawnChannel = null;
    return [];
  }
  // The channel may be gone by now; the next note says so.
  const messages = await ask(
    "GET",
    `/channels/${channel}/messages?user_id=${person}&limit=100`,
  ).catch(() => []);
  if (channel !== world.channel || person !== world.person) return [];
  const list = $("messages");
  const fresh = drawnChannel !== `${channel}/${person}`;
  const atEnd = fresh || list.scrollHeight - list.scrollTop - list.clientHeight < 80 || isAnswer(messages.at(-1));
  if (fresh) forget(`${channel}/${person}`);
  drawList(list, messages, go);
  if (atEnd) list.scrollTop = list.scrollHeight;
  return messages;
}

// Scroll down after this person wrote or asked for something, however far up they were.
const isAnswer = (last) => last && !shownAs.has(last.id) && (isHidden(last) || last.author.id === world.person);

function forget(place) {
  $("messages").replaceChildren();
  shownAs.clear();
  drawnChannel = place;
  const { unread, last_read: last } = world.channels.get(world.channel) ?? {};
  readUpTo = unread ? BigInt(last) : null;
}

function drawList(list, messages, go) {
  const wanted = new Set(messages.map((message) => message.id));
  for (const item of [...list.children]) if (!wanted.has(item.dataset.id)) item.remove();
  let item = null;
  for (const [n, message] of messages.entries()) {
    item = place(list, message, messages[n - 1], item, go);
  }
  if (!messages.length) list.replaceChildren(el("p", { className: "empty" }, "Nothing here yet."));
}

function place(list, message, before, previous, go) {
  const head = headOf(message, before);
  const text = JSON.stringify([message, head, nameOf(message.author.id), colorOf(message.author.id)]);
  let item = list.querySelector(`:scope > [data-id="${message.id}"]`);
  if (!item || shownAs.get(message.id) !== text) {
    const made = draw(message, head, go);
    const focused = item?.contains(document.activeElement)
      ? document.activeElement.dataset.customId
      : null;
    if (item) item.replaceWith(made);
    else if (previous) previous.after(made);
    else list.prepend(made);
    if (focused) made.querySelector(`[data-custom-id="${CSS.escape(focused)}"]`)?.focus();
    item = made;
    shownAs.set(message.id, text);
  }
  return item;
}

// Decide what stands above a message: the day, the line above new ones, its author.
function headOf(message, before) {
  const date = new Date(message.timestamp);
  const earlier = before && new Date(before.timestamp);
  const day = date.toDateString() !== earlier?.toDateString();
  const isNew = (one) => readUpTo !== null && one && BigInt(one.id) > readUpTo;
  const line = isNew(message) && !isNew(before) && message.author.id !== world.person;
  const follows =
    !day &&
    !line &&
    before.author.id === message.author.id &&
    before.ephemeral === message.ephemeral &&
    !message.interaction_metadata &&
    date - earlier < TOGETHER;
  return { day, line, follows };
}

const isHidden = (message) => (message.flags & EPHEMERAL) !== 0;

function draw(message, head, go) {
  const pinged = message.pings.includes(world.person) && world.channels.get(message.channel_id)?.guild_id;
  const marks = { follows: head.follows, "hidden-one": isHidden(message), pinged };
  const names = Object.keys(marks).filter((name) => marks[name]);
  return el(
    "div",
    { "data-id": message.id },
    head.day ? dayLine(message.timestamp) : null,
    head.line ? el("p", { className: "line new-line" }, el("span", {}, "New")) : null,
    el("div", { className: ["message", ...names].join(" ") }, parts(message, head, go)),
  );
}

function parts(message, head, go) {
  return [
    origin(message),
    head.follows ? null : avatar(message.author.id),
    el(
      "div",
      { className: "body" },
      head.follows ? null : byline(message),
      content(message),
      message.embeds.map(embed),
      message.attachments.map(attachment),
      components(message),
      thread(message, go),
      isHidden(message) ? dismissal(message) : null,
    ),
  ];
}

function dayLine(timestamp) {
  const day = new Intl.DateTimeFormat(language(), { dateStyle: "long" }).format(new Date(timestamp));
  return el("p", { className: "line" }, el("span", {}, day));
}

function byline(message) {
  const name = tinted(el("strong", {}, nameOf(message.author.id)), colorOf(message.author.id));
  return el(
    "p",
    { className: "byline" },
    name,
    message.author.bot ? tag() : null,
    whenNode(message.timestamp),
    message.content ? null : edited(message),
  );
}

function content(message) {
  if ((message.flags & LOADING) !== 0) {
    const dots = el("span", { className: "dots", ariaHidden: "true" });
    return el("p", { className: "hint thinking" }, dots, `${nameOf(message.author.id)} is thinking…`);
  }
  if (!message.content) return null;
  const text = markdown(message.content);
  const mark = edited(message);
  const last = text.lastElementChild;
  if (mark) (last.matches(".lines") ? last : text).append(" ", mark);
  return text;
}

function edited(message) {
  if (!message.edited_timestamp || (message.flags & LOADING) !== 0) return null;
  const title = new Date(message.edited_timestamp).toLocaleString(language());
  return el("span", { className: "hint edited", title }, "(edited)");
}

function origin(message) {
  const from = message.interaction_metadata;
  if (from?.type !== 2) return null;
  const who = tinted(el("strong", {}, nameOf(from.user.id)), colorOf(from.user.id));
  return el("p", { className: "origin hint" }, avatar(from.user.id), who, " used ", el("span", { className: "mention" }, `/${from.name}`));
}

function dismissal(message) {
  const dismiss = () =>
    ask("POST", "/act/dismiss", {
      user_id: world.person,
      channel_id: message.channel_id,
      message_id: message.id,
    });
  const button = el("button", { type: "button", className: "link", onclick: dismiss }, "Dismiss message");
  return el("p", { className: "hint" }, "Only you can see this · ", button);
}

function thread(message, go) {
  if (!message.thread) return null;
  const { id, name } = message.thread;
  const button = { type: "button", className: "thread-link", onclick: () => go.channel(id) };
  return el("button", button, el("strong", {}, name), el("span", { className: "hint" }, "Open thread ›"));
}
