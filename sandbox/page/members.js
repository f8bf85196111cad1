// The members at the right, by role, and the profile of one of them.

import { $, avatar, el } from "./dom.js";
import { addressAs } from "./places.js";
import { colorOf, here, HOME, hex, nameOf, rolesOf, tinted, world } from "./world.js";

export function drawMembers(go) {
  const guild = here()?.guild_id;
  const ids = guild
    ? [...(world.members.get(guild)?.keys() ?? [])]
    : [world.person, world.health.bot.id].filter(Boolean);
  const groups = new Map();
  for (const id of ids.sort((a, b) => nameOf(a).localeCompare(nameOf(b)))) {
    const role = rolesOf(id).find((one) => one.hoist);
    const key = role ?? { name: "Online", position: -1 };
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  const box = $("members-list");
  const top = box.scrollTop;
  box.replaceChildren(
    ...merged(groups).map(([name, members]) =>
      el("section", {}, el("h3", {}, `${name} — ${members.length}`), el("ul", {}, members.map((id) => row(id, go)))),
    ),
  );
  box.scrollTop = top;
}

function merged(groups) {
  const byName = new Map();
  const sorted = [...groups].sort(([a], [b]) => b.position - a.position);
  for (const [role, ids] of sorted) byName.set(role.name, [...(byName.get(role.name) ?? []), ...ids]);
  return [...byName];
}

function row(id, go) {
  const user = world.users.get(id);
  const name = tinted(el("span", { className: "name" }, nameOf(id)), colorOf(id));
  const button = { type: "button", className: "member", onclick: () => openProfile(id, go) };
  return el("li", {}, el("button", button, avatar(id), name, user?.bot ? tag() : null, id === world.person ? you() : null));
}

export const tag = () => el("span", { className: "tag" }, "APP");
const you = () => el("span", { className: "hint" }, "you");

export function openProfile(id, go) {
  const user = world.users.get(id);
  if (!user) return;
  const dialog = $("profile");
  const be = () => {
    dialog.close();
    go.person(id);
  };
  const link = { className: "component secondary", href: addressAs(user), target: "_blank" };
  dialog.replaceChildren(
    el("div", { className: "card-head" }, avatar(id), el("div", {}, el("h2", { id: "profile-name" }, nameOf(id)), el("p", { className: "hint" }, `@${user.username}`))),
    roleChips(id),
    el("p", { className: "hint" }, about(user)),
    el(
      "div",
      { className: "row" },
      user.bot ? null : el("button", { type: "button", className: "component primary", onclick: be, disabled: id === world.person }, `Be ${nameOf(id)}`),
      user.bot ? null : el("a", link, "Open a window"),
      user.bot ? el("button", { type: "button", className: "component primary", onclick: () => { dialog.close(); go.server(HOME); } }, "Direct messages") : null,
      el("button", { type: "button", className: "component secondary", onclick: () => dialog.close() }, "Close"),
    ),
  );
  dialog.setAttribute("aria-labelledby", "profile-name");
  dialog.showModal();
}

function about(user) {
  if (user.bot) return "The application. It writes to everybody it may.";
  const open = user.dms_open ? "Takes direct messages" : "Takes no direct messages";
  return `${open} · client in ${new Intl.DisplayNames(undefined, { type: "language" }).of(user.locale)}`;
}

function roleChips(id) {
  const roles = rolesOf(id);
  if (!roles.length) return null;
  const chip = (role) => {
    const node = el("li", { className: "role" }, el("span", { className: "disc" }), role.name);
    if (role.color) node.style.setProperty("--role", hex(role.color));
    return node;
  };
  return el("ul", { className: "roles", ariaLabel: "Roles" }, roles.map(chip));
}
