// The page's copy of the world: people, guilds, roles, channels, read again when a note says so.

import { ask } from "./dom.js";

export const HOME = "@me";
export const DM = 1;
export const CATEGORY = 4;

export const world = {
  health: null,
  users: new Map(),
  guilds: [],
  members: new Map(),
  roles: new Map(),
  channels: new Map(),
  commands: [],
  person: null,
  server: null,
  channel: null,
};

export async function readWorld() {
  const [health] = await Promise.all([ask("GET", "/health"), readPeople()]);
  world.health = health;
  world.users.set(health.bot.id, { ...health.bot, bot: true });
  if (!world.users.has(world.person)) world.person = people()[0]?.id ?? null;
  await readPlaces();
}

export async function readPeople() {
  const users = await ask("GET", "/users");
  const bot = world.users.get(world.health?.bot.id);
  world.users = new Map(users.map((user) => [user.id, user]));
  if (bot) world.users.set(bot.id, bot);
}

// Read the guilds of this person, with their roles, members and channels.
export async function readPlaces() {
  if (world.person === null) return;
  const guilds = await ask("GET", `/guilds?user_id=${world.person}`);
  const details = await Promise.all(guilds.map((guild) => ask("GET", `/guilds/${guild.id}`)));
  const rows = await Promise.all(guilds.map((guild) => ask("GET", `/guilds/${guild.id}/members`)));
  world.guilds = guilds;
  world.roles = new Map(
    details.flatMap((guild) => guild.roles.map((role) => [role.id, { ...role, guild: guild.id }])),
  );
  world.members = new Map(
    guilds.map((guild, n) => [guild.id, new Map(rows[n].map((row) => [row.user.id, row]))]),
  );
  await readChannels();
}

export async function readChannels() {
  const { person } = world;
  if (person === null) return;
  const channels = await ask("GET", `/channels?user_id=${person}`);
  if (person === world.person) world.channels = new Map(channels.map((one) => [one.id, one]));
}

let commandsFor = null;

export async function readCommands() {
  const { person, channel } = world;
  const place = `${channel}/${person}`;
  if (place !== commandsFor) world.commands = [];
  commandsFor = place;
  if (!person || !channel) return;
  const found = await ask("GET", `/commands?user_id=${person}&channel_id=${channel}`).catch(() => []);
  if (person === world.person && channel === world.channel) world.commands = found;
}

// The language of the person's client. Dates are written in it, in this machine's time zone.
export const language = () => world.users.get(world.person)?.locale;

export const people = () => [...world.users.values()].filter((user) => !user.bot);

export const here = () => world.channels.get(world.channel);

// The open channel is about to be read, so it has no marks.
const isSeen = (channel) => channel.id === world.channel && document.visibilityState === "visible";
export const isUnread = (channel) => channel.unread && !isSeen(channel);
export const pingsIn = (channels) => channels.reduce((sum, one) => sum + (isSeen(one) ? 0 : (one.pings ?? 0)), 0);

// The channels of a server, or the direct messages.
export function channelsOf(server) {
  return [...world.channels.values()].filter((one) => (one.guild_id ?? HOME) === server);
}

export function member(userId) {
  return world.members.get(here()?.guild_id)?.get(userId);
}

export function plainName(user) {
  return user?.global_name ?? user?.username ?? "unknown-user";
}

export function nameOf(userId) {
  return member(userId)?.nick ?? plainName(world.users.get(userId));
}

// The people, roles and channels (of these types) of this guild, as selects and options offer them.
export function choicesHere(types) {
  const guild = here()?.guild_id;
  const people = [...(world.members.get(guild)?.keys() ?? [])].map((id) => ({ value: id, label: `@${nameOf(id)}` }));
  const roles = [...world.roles.values()]
    .filter((role) => role.guild === guild && role.id !== guild)
    .map((role) => ({ value: role.id, label: `@${role.name}` }));
  const channels = [...world.channels.values()]
    .filter((one) => one.guild_id === guild)
    .filter((one) => !types?.length || types.includes(one.type))
    .map((one) => ({ value: one.id, label: `#${one.name}` }));
  return { people, roles, channels };
}

export function rolesOf(userId) {
  return (member(userId)?.roles ?? [])
    .map((id) => world.roles.get(id))
    .filter(Boolean)
    .sort((a, b) => b.position - a.position);
}

export function colorOf(userId) {
  const top = rolesOf(userId).find((role) => role.color);
  return top ? hex(top.color) : null;
}

export const hex = (number) => `#${number.toString(16).padStart(6, "0")}`;

// Give the element the colour of a role, which the style sheet makes readable in both themes.
export function tinted(node, color) {
  if (!color) return node;
  node.classList.add("tinted");
  node.style.setProperty("--tint", color);
  return node;
}

export function may(bit) {
  return (BigInt(here()?.permissions ?? "0") & (1n << BigInt(bit))) !== 0n;
}
