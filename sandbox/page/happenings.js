// "What just happened": interactions, REST calls, limits hit and gateway events, newest first.

import { $, ask, el } from "./dom.js";
import { language, nameOf } from "./world.js";

const KEPT = 500;
const TYPES = { 2: "command", 3: "component", 4: "autocomplete", 5: "modal" };
const ACKS = { 4: "replied", 5: "deferred", 6: "deferred", 7: "updated the message", 8: "offered choices", 9: "opened a modal" };
const rows = new Map(); // by number, in the order they came
const items = new Map();
const filters = [
  ["interaction", "Interactions"],
  ["request", "REST"],
  ["limit", "Limits"],
  ["gateway", "Gateway"],
];
const hidden = new Set(JSON.parse(localStorage.getItem("happenings-hidden") ?? "[]"));
const due = new Set();

export async function readHappenings() {
  const found = await ask("GET", "/happenings").catch(() => []);
  forget();
  for (const row of found) hearHappening(row);
}

function forget() {
  rows.clear();
  items.clear();
  $("happenings-list").replaceChildren();
}

// Take one that is new or now complete; many at once are drawn together.
export function hearHappening(row) {
  if (!due.size) setTimeout(draw, 100);
  due.add(row.number);
  rows.set(row.number, row);
  while (rows.size > KEPT) {
    const [oldest] = rows.keys();
    rows.delete(oldest);
    items.get(oldest)?.remove();
    items.delete(oldest);
  }
}

export function drawFilters() {
  $("happenings-kinds").replaceChildren(
    ...filters.map(([kind, label]) =>
      el(
        "button",
        {
          type: "button",
          className: "chip",
          ariaPressed: String(!hidden.has(kind)),
          onclick: (event) => {
            if (!hidden.delete(kind)) hidden.add(kind);
            event.currentTarget.ariaPressed = String(!hidden.has(kind));
            localStorage.setItem("happenings-hidden", JSON.stringify([...hidden]));
            filter();
          },
        },
        label,
      ),
    ),
  );
  $("happenings-text").addEventListener("input", filter);
  $("happenings-clear").addEventListener("click", () => {
    forget();
    draw();
  });
}

function draw() {
  const list = $("happenings-list");
  for (const number of due) {
    const row = rows.get(number);
    if (!row) continue;
    const item = itemOf(row);
    const before = items.get(number);
    if (before) before.replaceWith(item);
    else list.prepend(item);
    items.set(number, item);
  }
  due.clear();
  filter();
  $("happenings-sum").textContent = sum();
}

const kindOf = (row) => (row.limited || row.status === 429 ? "limit" : row.kind);

function filter() {
  const wanted = $("happenings-text").value.trim().toLowerCase();
  for (const [number, item] of items) {
    const shown = !hidden.has(kindOf(rows.get(number)));
    item.hidden = !shown || !item.dataset.text.includes(wanted);
  }
}

function sum() {
  const all = [...rows.values()];
  const acked = all.map((row) => row.acked_ms).filter((ms) => typeof ms === "number");
  const calls = all.filter((row) => row.kind === "request").length;
  const limits = all.filter((row) => kindOf(row) === "limit").length;
  const slowest = acked.length ? `, slowest answer ${ms(Math.max(...acked))}` : "";
  const clicks = all.filter((row) => row.kind === "interaction").length;
  return `${count(clicks, "interaction")}${slowest} · ${count(calls, "call")} · ${count(limits, "limit")} hit`;
}

const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
const ms = (value) => (value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`);

function itemOf(row) {
  const parts = { interaction, request, gateway }[row.kind](row);
  const time = new Date(row.at * 1000);
  const clock = new Intl.DateTimeFormat(language(), { timeStyle: "medium" }).format(time);
  const detail = el("pre", { tabIndex: 0 }, "…");
  const box = el(
    "details",
    { className: `happening ${kindOf(row)}`, ontoggle: (event) => event.target.open && showPayload(row, detail) },
    el("summary", {}, parts, el("time", { dateTime: time.toISOString() }, clock)),
    detail,
  );
  return el("li", { "data-text": box.textContent.toLowerCase() }, box);
}

function interaction(row) {
  const name = row.type === 2 || row.type === 4 ? `/${row.name}` : row.name;
  return [
    el("strong", {}, name),
    el("span", { className: "who" }, `${nameOf(row.user_id)}, ${TYPES[row.type] ?? row.type}`),
    answered(row),
  ];
}

function answered(row) {
  if (row.failed) return mark("bad", "no answer in time");
  if (row.acked_ms === null) return mark("", "waiting…");
  const slow = row.acked_ms > 1500 ? "slow" : "good";
  const later = row.answered_ms ? `, filled after ${ms(row.answered_ms)}` : "";
  return mark(slow, `${ACKS[row.ack] ?? row.ack} after ${ms(row.acked_ms)}${later}`);
}

function request(row) {
  const path = row.path.replace(/[\w-]{40,}/g, "…").replace("/api/v10", "");
  const status = row.status < 300 ? "good" : row.status === 429 || row.status < 500 ? "slow" : "bad";
  return [
    el("strong", {}, row.method),
    el("code", {}, path),
    mark(status, `${row.status}${row.code ? ` (${row.code})` : ""}, ${ms(row.ms ?? 0)}`),
    row.limited ? mark("bad", `limit of ${row.limited.limit}: wait ${row.limited.retry_after} s`) : null,
    row.fault ? mark("bad", `injected: ${row.fault}`) : null,
  ];
}

function gateway(row) {
  const shard = row.shard ? `shard ${row.shard[0]} of ${row.shard[1]}` : null;
  const why = row.connected ? mark("who", "not asked for") : mark("bad", "nobody is connected");
  const to = row.heard === 0 ? why : null;
  return [el("strong", {}, row.name), shard ? el("span", { className: "who" }, shard) : null, to];
}

const mark = (kind, text) => el("span", { className: `mark ${kind}` }, text);

async function showPayload(row, detail) {
  const found = await ask("GET", `/happenings/${row.number}`).catch(() => ({}));
  detail.textContent = found.payload ? JSON.stringify(found.payload, null, 2) : "Nothing more is known.";
}
