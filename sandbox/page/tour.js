// The tour: three hints that lead through create, join and reminder. It is the only place of the
// sandbox that names a command of the application; without that command there is no tour.

import { $, el } from "./dom.js";
import { icon } from "./icons.js";
import { addressAs } from "./places.js";
import { commandNamed } from "./command.js";
import { here, people, plainName, world } from "./world.js";

const COMMAND = "create-game";
const EXAMPLE = { title: "Board game night", when: "tomorrow at 7pm" };
const KEY = "tour";
const MOVED_FIRST = 12; // seconds in which only the news of the move itself arrives
const COMPONENT = 3;

let drawn = null;
let deeds = {};

// The state: `step` 0 to 4 (over), `since` (ms) from which news counts, `by` the creator, `asked`
// as below.
function state() {
  try {
    return { step: 0, since: 0, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return { step: 0, since: 0 };
  }
}

const keep = (more) => localStorage.setItem(KEY, JSON.stringify({ ...state(), ...more }));

function go(step, more = {}) {
  keep({ ...more, step, since: Date.now() });
  drawTour();
}

// `actions`: choose (a command with values), become (a person), time (open the control).
export function startTour(actions) {
  deeds = actions;
  if (!state().since) keep({ since: Date.now() });
  window.addEventListener("storage", (event) => event.key === KEY && drawTour());
  drawTour();
}

export function restartTour() {
  localStorage.removeItem(KEY);
  go(0);
}

// A message with something to press ends the first step, if this person asked for it: the demo may
// be posting its own at the same time.
export function tourSaw(messages) {
  const { step, since, asked } = state();
  if (step !== 0 || asked !== "pressed" || !here()?.guild_id) return;
  const posted = messages.find(
    (one) =>
      one.author.id === world.health.bot.id &&
      !one.ephemeral &&
      one.components.length &&
      Date.parse(one.timestamp) > since,
  );
  if (posted) go(1, { by: world.person, message: posted.id });
}

// `asked` is "typed" after the command, and "pressed" after a button of its preview.
function asking(row) {
  const { step, asked } = state();
  if (step !== 0 || row.user_id !== world.person) return;
  if (row.name === COMMAND) keep({ asked: asked ?? "typed" });
  else if (asked && row.type === COMPONENT) keep({ asked: "pressed", since: row.at * 1000 });
}

// Another person's press on that message ends the second step.
export function tourHeard(row) {
  asking(row);
  const { step, by, message } = state();
  if (step !== 1 || row.type !== COMPONENT || row.acked_ms === null) return;
  if (row.user_id !== by && row.message_id === message) go(world.health.has_time ? 2 : 4);
}

// A notification after time was brought near ends the third step.
export function tourPinged(note) {
  const { step, near } = state();
  if (step === 2 && near && note.pings?.length && Date.now() > near + MOVED_FIRST * 1000) go(3);
}

export const tourMoved = () => state().step === 2 && go(2, { near: Date.now() });

export function drawTour() {
  const { step, by, near } = state();
  const known = world.health && (commandNamed(COMMAND) || drawn !== null);
  const box = $("tour");
  const shown = known && step < 4;
  const now = shown ? `${step} ${by} ${Boolean(near)} ${world.person}` : null;
  box.hidden = !shown;
  if (now === drawn) return;
  drawn = now;
  if (shown) box.replaceChildren(...card(step, by, near));
}

function card(step, by, near) {
  const [title, text, ...buttons] = [create, join, remind, done][step](by, near);
  const close = { type: "button", className: "plain", ariaLabel: "Dismiss the tour", title: "Dismiss the tour", onclick: () => go(4) };
  return [
    el("span", { className: "steps" }, step < 3 ? `${step + 1} of 3` : "Done"),
    el("p", {}, el("strong", {}, title), ` ${text}`),
    el("span", { className: "row" }, buttons),
    el("button", close, icon("close")),
  ];
}

const press = (label, onclick) => el("button", { type: "button", className: "component primary", onclick }, label);

function create() {
  const type = () => {
    const command = commandNamed(COMMAND);
    if (command) deeds.choose(command, EXAMPLE);
  };
  return ["Create a game.", "Type / below and choose /create-game, press Enter, then Post.", press("Type it for me", type)];
}

function join(by) {
  const others = people().filter((user) => user.id !== by && user.dms_open && joins(user));
  // Prefer a person who is answered in the same language.
  const other = others.find((user) => spoken(user) === spoken(world.users.get(by))) ?? others[0];
  const text = "Be somebody else with one press of their picture, or in a second window, and press Join.";
  if (!other) return ["Join it.", text];
  const name = plainName(other);
  const link = el("a", { className: "component secondary", href: addressAs(other), target: "_blank" }, `Window as ${name}`);
  return ["Join it.", text, press(`Be ${name}`, () => deeds.become(other.id)), link];
}

const spoken = (user) => user?.locale?.split("-")[0];
const joins = (user) => world.members.get(here()?.guild_id)?.has(user.id);

function remind(by, near) {
  if (near) {
    const text = "The game was moved, which those who joined are told first; the reminder follows in moments. Was it another game? Bring the one you joined near too.";
    return ["Wait for it.", text, press("Bring one near", () => deeds.time())];
  }
  return ["Let the reminder come.", "It is hours away. The clock above brings it near.", press("Bring it near", () => deeds.time())];
}

function done() {
  return [
    "That was a reminder.",
    "What just happened, above, shows every call behind it. The rest is yours to try.",
    press("Finish", () => go(4)),
  ];
}
