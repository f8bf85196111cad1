// The list of messages: only what changed is drawn again.

import { $, ask, avatar, el } from "./dom.js";
import { components } from "./components.js";
import { inline, markdown, timeNode } from "./markdown.js";
import { colorOf, nameOf, world } from "./world.js";

const LOADING = 128;
const EPHEMERAL = 64;
const shownAs = new Map();
let drawnChannel = null;

export async function drawMessages(open) {
  const { channel, person } = world;
  if (!channel) return $("messages").replaceChildren();
  // A channel may be gone by the time it is asked for; the next note says so.
  const messages = await ask(
    "GET",
    `/channels/${channel}/messages?user_id=${person}&limit=100`,
  ).catch(() => []);
  if (channel !== world.channel || person !== world.person) return;
  const list = $("messages");
  const fresh = drawnChannel !== `${channel}/${person}`;
  const atEnd = fresh || list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  if (fresh) {
    list.replaceChildren();
    shownAs.clear();
    drawnChannel = `${channel}/${person}`;
  }
  const wanted = new Set(messages.map((message) => message.id));
  for (const item of [...list.children]) if (!wanted.has(item.dataset.id)) item.remove();
  let previous = null;
  for (const [index, message] of messages.entries()) {
    previous = place(list, message, index, previous, open);
  }
  if (!messages.length) list.replaceChildren(el("li", { className: "empty" }, "Nothing here yet."));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function place(list, message, index, previous, open) {
  const text = JSON.stringify(message) + nameOf(message.author.id);
  let item = list.querySelector(`:scope > [data-id="${message.id}"]`);
  if (!item || shownAs.get(message.id) !== text) {
    const made = draw(message, open);
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

function draw(message, open) {
  const name = nameOf(message.author.id);
  const author = el("strong", { className: "author" }, name);
  const color = colorOf(message.author.id);
  if (color) author.style.setProperty("--author", color);
  const pinged = message.pings.includes(world.person) && world.channels.get(message.channel_id)?.guild_id;
  const hidden = (message.flags & EPHEMERAL) !== 0;
  return el(
    "li",
    { "data-id": message.id, className: `message${hidden ? " hidden-one" : ""}${pinged ? " pinged" : ""}` },
    origin(message),
    avatar(message.author.id, name),
    el(
      "div",
      { className: "body" },
      el(
        "p",
        { className: "byline" },
        author,
        message.author.bot ? el("span", { className: "tag" }, "APP") : null,
        timeNode(Date.parse(message.timestamp) / 1000, "f"),
        message.edited_timestamp ? el("span", { className: "hint" }, "(edited)") : null,
      ),
      (message.flags & LOADING) !== 0
        ? el("p", { className: "hint thinking" }, `${name} is thinking…`)
        : markdown(message.content),
      message.embeds.map(embed),
      message.attachments.map(attachment),
      components(message),
      thread(message, open),
      hidden ? dismissal(message) : null,
    ),
  );
}

function origin(message) {
  const from = message.interaction_metadata;
  if (!from) return null;
  const who = nameOf(from.user.id);
  const text = from.type === 2 ? `${who} used /${from.name}` : null;
  return text ? el("p", { className: "origin hint" }, text) : null;
}

function dismissal(message) {
  const dismiss = () =>
    ask("POST", "/act/dismiss", {
      user_id: world.person,
      channel_id: message.channel_id,
      message_id: message.id,
    });
  return el(
    "p",
    { className: "hint" },
    "Only you can see this · ",
    el("button", { type: "button", className: "link", onclick: dismiss }, "Dismiss message"),
  );
}

function thread(message, open) {
  if (!message.thread) return null;
  const { id, name } = message.thread;
  const button = { type: "button", className: "link", onclick: () => open(id) };
  return el("p", {}, el("button", button, `Thread: ${name} ›`));
}

function attachment(file) {
  const safe = { href: file.url, target: "_blank", rel: "noopener noreferrer" };
  if (file.content_type?.startsWith("image/")) {
    return el("a", safe, el("img", { className: "picture", src: file.url, alt: file.description ?? "" }));
  }
  return el("p", {}, el("a", safe, file.filename));
}

function embed(data) {
  const box = el("article", { className: "embed" });
  if (data.color) box.style.borderLeftColor = `#${data.color.toString(16).padStart(6, "0")}`;
  const title = data.title ? inline(data.title) : null;
  const link = { href: data.url, target: "_blank", rel: "noopener noreferrer" };
  box.append(
    ...[
      data.author ? by(data.author) : null,
      title ? el("h3", {}, data.url ? el("a", link, title) : title) : null,
      data.thumbnail ? el("img", { className: "thumb", src: data.thumbnail.url, alt: "" }) : null,
      data.description ? markdown(data.description) : null,
      data.fields?.length ? el("dl", {}, data.fields.map(field)) : null,
      data.image ? el("img", { className: "picture", src: data.image.url, alt: "" }) : null,
      footer(data),
    ].filter(Boolean),
  );
  return box;
}

function by(author) {
  const icon = author.icon_url ? el("img", { className: "icon", src: author.icon_url, alt: "" }) : null;
  return el("p", { className: "embed-author" }, icon, author.name);
}

function field(data) {
  return el(
    "div",
    { className: data.inline ? "field inline" : "field" },
    el("dt", {}, inline(data.name)),
    el("dd", {}, markdown(data.value)),
  );
}

function footer(data) {
  if (!data.footer && !data.timestamp) return null;
  return el(
    "p",
    { className: "embed-footer hint" },
    data.footer?.text ?? "",
    data.footer && data.timestamp ? " · " : "",
    data.timestamp ? timeNode(Date.parse(data.timestamp) / 1000, "f") : "",
  );
}
