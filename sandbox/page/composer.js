// The composer at the bottom: text to the channel, or a slash command.

import { $, ask } from "./dom.js";
import { choosing, chooseCommand, dropCommand, matching, sendCommand, spelledOut } from "./command.js";
import { Offers } from "./offers.js";
import { world } from "./world.js";

export function wireComposer() {
  const offers = new Offers($("text"), $("offers"), (row) => chooseCommand(row.command));
  $("text").addEventListener("input", () => {
    const { value } = $("text");
    $("status").textContent = "";
    const { command, values } = spelledOut(value) ?? {};
    if (command) {
      offers.hide();
      return chooseCommand(command, values);
    }
    offers.show(value.startsWith("/") ? matching(value) : []);
  });
  $("composer").addEventListener("submit", send);
  $("drop").addEventListener("click", dropCommand);
}

async function send(event) {
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
}
