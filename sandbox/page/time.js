// The control of time: a list of the application's plans, each with a button to bring it near.

import { $, ask, el, say } from "./dom.js";
import { timeNode } from "./markdown.js";
import { HOME, world } from "./world.js";

export async function openTime(moved) {
  const dialog = $("time");
  const list = el("ul", { className: "planned" }, el("li", { className: "hint" }, "Looking…"));
  const trouble = el("p", { className: "trouble", role: "alert" });
  const close = { type: "button", className: "component secondary", onclick: () => dialog.close() };
  dialog.replaceChildren(
    el("h2", { id: "time-title" }, "Bring time near"),
    el("p", { className: "hint" }, "The game is moved by the application itself, so that everything follows: its start is set so that the next thing happens in moments."),
    list,
    trouble,
    el("div", { className: "row" }, el("button", close, "Close")),
  );
  dialog.setAttribute("aria-labelledby", "time-title");
  dialog.showModal();
  const guild = world.server === HOME ? world.guilds[0]?.id : world.server;
  try {
    const rows = await ask("GET", `/time?guild_id=${guild}`);
    const items = rows.map((row) => planned(row, guild, dialog, trouble, moved));
    list.replaceChildren(...(items.length ? items : [el("li", { className: "hint" }, "Nothing is planned here. Create a game first.")]));
  } catch (error) {
    list.replaceChildren();
    trouble.textContent = error.message;
  }
}

function planned(row, guild, dialog, trouble, moved) {
  const press = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    trouble.textContent = "";
    try {
      const { said } = await ask("POST", "/time", { guild_id: guild, id: row.id });
      dialog.close();
      say(said, 15);
      moved();
    } catch (error) {
      trouble.textContent = error.message;
      button.disabled = false;
    }
  };
  const what = el("span", { className: "hint" }, `${row.what}, `, timeNode(row.at, "R"));
  const label = `Bring near: ${row.title}`;
  return el("li", {}, el("span", {}, el("strong", {}, row.title), what), el("button", { type: "button", className: "component primary", ariaLabel: label, onclick: press }, "Bring near"));
}
