// Discord's text: bold, code, quotes, lists, links, mentions and timestamps, as nodes, never as HTML.

import { el, safe } from "./dom.js";
import { hex, language, nameOf, tinted, world } from "./world.js";

const INLINE = new RegExp(
  [
    "(?<code>`+)(?<coded>.+?)\\k<code>",
    "\\[(?<label>[^\\]]+)\\]\\(<?(?<target>https?://[^\\s)>]+)>?\\)",
    "<(?<angled>https?://[^\\s>]+)>",
    "(?<url>https?://[^\\s<>)]+)",
    "<t:(?<time>-?\\d+)(?::(?<style>[tTdDfFR]))?>",
    "<@!?(?<user>\\d+)>",
    "<@&(?<role>\\d+)>",
    "<#(?<channel>\\d+)>",
    "</(?<command>[^:>]+):\\d+>",
    "<a?:(?<emoji>\\w+):\\d+>",
    "(?<everyone>@everyone|@here)",
    "\\*\\*(?<bold>.+?)\\*\\*(?!\\*)",
    "__(?<under>.+?)__",
    "~~(?<strike>.+?)~~",
    "\\|\\|(?<spoiler>.+?)\\|\\|",
    "\\*(?<italic>[^*\\s](?:.*?[^*\\s])?)\\*",
    "(?<![A-Za-z0-9])_(?<slanted>[^_]+?)_(?![A-Za-z0-9])",
    "\\\\(?<escaped>[^A-Za-z0-9\\s])",
  ].join("|"),
  "su",
);

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

const STEPS = [
  ["year", 31557600],
  ["month", 2629800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

export function relative(seconds) {
  const left = seconds - Date.now() / 1000;
  // Round up: a reminder sent an hour before is read a moment later, and still says an hour.
  const [unit, size] = STEPS.find(([, length]) => Math.abs(left) >= length * 0.99) ?? STEPS.at(-1);
  return new Intl.RelativeTimeFormat(language(), { numeric: "always" }).format(
    Math.round(left / size),
    unit,
  );
}

export function timeNode(seconds, style = "f") {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return el("span", {}, "Invalid date");
  const full = new Intl.DateTimeFormat(language(), STYLES.F).format(date);
  const text =
    style === "R" ? relative(seconds) : new Intl.DateTimeFormat(language(), STYLES[style]).format(date);
  const node = el("time", { className: "stamp", dateTime: date.toISOString(), title: full }, text);
  if (style === "R") node.dataset.relative = seconds;
  return node;
}

// The time of a message: today's without the day, others with it.
export function whenNode(timestamp) {
  const date = new Date(timestamp);
  const today = date.toDateString() === new Date().toDateString();
  const style = today ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" };
  const full = new Intl.DateTimeFormat(language(), STYLES.F).format(date);
  const text = new Intl.DateTimeFormat(language(), style).format(date);
  return el("time", { className: "when", dateTime: date.toISOString(), title: full }, text);
}

// Relative times are kept current while they are on the screen.
setInterval(() => {
  for (const node of document.querySelectorAll("time[data-relative]")) {
    node.textContent = relative(Number(node.dataset.relative));
  }
}, 1000);

function link(address, label) {
  return el("a", { href: address, ...safe }, label);
}

function mention(text, color) {
  return tinted(el("span", { className: "mention" }, text), color ? hex(color) : null);
}

function node(g) {
  if (g.coded) return el("code", {}, g.coded.trim());
  if (g.target) return link(g.target, inline(g.label));
  if (g.angled ?? g.url) return link(g.angled ?? g.url, g.angled ?? g.url);
  if (g.time) return timeNode(Number(g.time), g.style);
  if (g.user) return mention(`@${nameOf(g.user)}`);
  if (g.role) return mention(`@${world.roles.get(g.role)?.name ?? "unknown-role"}`, world.roles.get(g.role)?.color);
  if (g.channel) return mention(`#${world.channels.get(g.channel)?.name ?? "unknown"}`);
  if (g.command) return mention(`/${g.command}`);
  if (g.emoji) return el("span", {}, `:${g.emoji}:`);
  if (g.everyone) return mention(g.everyone);
  if (g.bold) return el("strong", {}, inline(g.bold));
  if (g.under) return el("u", {}, inline(g.under));
  if (g.strike) return el("s", {}, inline(g.strike));
  if (g.spoiler) return spoiler(g.spoiler);
  if (g.italic ?? g.slanted) return el("em", {}, inline(g.italic ?? g.slanted));
  return document.createTextNode(g.escaped);
}

function spoiler(text) {
  return el(
    "button",
    {
      type: "button",
      className: "spoiler",
      ariaLabel: "Spoiler",
      onclick: (event) => event.currentTarget.classList.add("shown"),
    },
    inline(text),
  );
}

export function inline(text) {
  const nodes = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found; found = INLINE.exec(rest)) {
    if (found.index > 0) nodes.push(document.createTextNode(rest.slice(0, found.index)));
    nodes.push(node(found.groups));
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest) nodes.push(document.createTextNode(rest));
  return nodes;
}

const LINES = [
  [/^(#{1,3}) (.+)$/, (m) => el("strong", { className: `heading level-${m[1].length}` }, inline(m[2]))],
  [/^-# (.+)$/, (m) => el("small", { className: "subtext" }, inline(m[1]))],
  [/^> ?(.*)$/, (m) => el("blockquote", {}, inline(m[1]))],
  [/^\s*[-*] (.+)$/, (m) => el("div", { className: "item" }, "• ", inline(m[1]))],
  [/^\s*(\d+)\. (.+)$/, (m) => el("div", { className: "item" }, `${m[1]}. `, inline(m[2]))],
];

export function markdown(text) {
  const box = el("div", { className: "text" });
  for (const [n, part] of (text ?? "").split(/```(?:\w*\n)?([\s\S]*?)```/).entries()) {
    if (n % 2) box.append(el("pre", {}, el("code", {}, part)));
    else if (part) box.append(...lines(part));
  }
  return box;
}

function lines(text) {
  const nodes = [];
  let plain = [];
  const flush = () => {
    if (plain.length) nodes.push(el("div", { className: "lines" }, inline(plain.join("\n"))));
    plain = [];
  };
  for (const line of text.split("\n")) {
    const rule = LINES.find(([pattern]) => pattern.test(line));
    if (!rule) {
      plain.push(line);
      continue;
    }
    flush();
    nodes.push(rule[1](rule[0].exec(line)));
  }
  flush();
  return nodes;
}
