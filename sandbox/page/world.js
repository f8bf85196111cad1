// What the page knows of the world: people, guilds, roles, channels; read again when told to.

import { ask } from "./dom.js";

export const world = {
  health: null,
  users: new Map(),
  guilds: [],
  members: new Map(),
  roles: new Map(),
  channels: new Map(),
  commands: [],
  person: null,
  channel: null,
  unread: new Set(),
};

export async function readWorld() {
  const [health, users] = await Promise.all([ask("GET", "/health"), ask("GET", "/users")]);
  world.health = health;
  world.users = new Map(users.map((user) => [user.id, user]));
  world.users.set(health.bot.id, { ...health.bot, bot: true });
  if (!world.users.has(world.person)) world.person = users[0]?.id ?? null;
  await readPlaces();
}

// The guilds of this person, with their roles, members and channels.
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
  if (world.person === null) return;
  const channels = await ask("GET", `/channels?user_id=${world.person}`);
  world.channels = new Map(channels.map((channel) => [channel.id, channel]));
}

export async function readCommands() {
  const { person, channel } = world;
  world.commands = [];
  if (!person || !channel) return;
  const found = await ask("GET", `/commands?user_id=${person}&channel_id=${channel}`).catch(() => []);
  if (person === world.person && channel === world.channel) world.commands = found;
}

export function member(userId) {
  const guild = world.channels.get(world.channel)?.guild_id;
  return world.members.get(guild)?.get(userId);
}

export function nameOf(userId) {
  const user = world.users.get(userId);
  return member(userId)?.nick ?? user?.global_name ?? user?.username ?? "unknown-user";
}

export function colorOf(userId) {
  const roles = (member(userId)?.roles ?? []).map((id) => world.roles.get(id)).filter(Boolean);
  const top = roles.filter((role) => role.color).sort((a, b) => b.position - a.position)[0];
  return top ? `#${top.color.toString(16).padStart(6, "0")}` : null;
}

export function may(bit) {
  const permissions = world.channels.get(world.channel)?.permissions ?? "0";
  return (BigInt(permissions) & (1n << BigInt(bit))) !== 0n;
}
