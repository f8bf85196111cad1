"""The bot without a network: tests give it payloads and get its answers; the database is real."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from discordbot.interactions.callbacks import CHOICES, MODAL, UPDATE, Callbacks
from discordbot.interactions.dispatch import Dispatcher
from discordbot.routes import ROUTES
from guilds.enums import Permission
from guilds.models import Channel, Guild, Member, Role, User
from sandbox.validation.fields import Form
from sandbox.validation.messages import check_message
from sandbox.validation.modals import check_modal
from sandbox.validation.options import STRING, check_choice
from tests.factories import make_channel, make_guild, make_member, make_user, snowflake

Json = dict[str, Any]
EVERYTHING = str(2**53 - 1)


@dataclass
class Noted(Callbacks):
    """Records the callbacks instead of sending them, and checks them against Discord's limits."""

    sent: list[tuple[int | str, Json]] = field(default_factory=list)

    async def acknowledge(
        self, interaction_id: int, token: str, kind: int, data: Json | None = None
    ) -> None:
        if kind == MODAL:
            check_modal(data or {})
        elif kind == CHOICES:
            form = Form()
            for one in form.rows(data or {}, "choices", 25, required=True):
                check_choice(form, one, STRING)
            form.finish()
        elif data and data.keys() - {"flags"}:
            check_message(data, files=0, interaction=True, keeps=kind == UPDATE)
        self.sent.append((kind, data or {}))

    async def edit_original(self, application_id: int, token: str, message: Json) -> None:
        check_message(message, files=0, keeps=True, interaction=True)
        self.sent.append(("edit", message))

    async def follow_up(self, application_id: int, token: str, message: Json) -> None:
        check_message(message, files=0, interaction=True)
        self.sent.append(("follow", message))


@dataclass(frozen=True)
class Heard:
    """All answers to one interaction."""

    sent: list[tuple[int | str, Json]]

    @property
    def acknowledgements(self) -> list[int]:
        return [kind for kind, _ in self.sent if isinstance(kind, int)]

    @property
    def text(self) -> str:
        """All text of the answers: contents, embeds and labels."""
        return " ".join(str(data) for _, data in self.sent)

    @property
    def modal(self) -> Json:
        return next(data for kind, data in self.sent if kind == MODAL)

    @property
    def is_modal(self) -> bool:
        return MODAL in self.acknowledgements

    @property
    def choices(self) -> list[Json]:
        return next(list(data["choices"]) for kind, data in self.sent if kind == CHOICES)

    @property
    def message(self) -> Json:
        return self.sent[-1][1]

    def field(self, name: str) -> str:
        """Return the prefilled value of the modal's input."""
        rows = self.modal["components"]
        return next(
            str(part.get("value", ""))
            for row in rows
            for part in row["components"]
            if part["custom_id"] == name
        )

    def button(self, what: str) -> str:
        """Return the custom id of the button or select that has `what` after its first part."""
        ids = [
            str(part.get("custom_id", ""))
            for row in self.message.get("components", ())
            for part in row["components"]
        ]
        return next(one for one in ids if one.endswith(f":{what}") or f":{what}:" in one)


def deliver(payload: Json) -> Heard:
    """Give the payload to the dispatcher and return its answers."""

    async def run() -> Heard:
        callbacks = Noted()
        dispatcher = Dispatcher(callbacks, ROUTES.find)
        dispatcher.take(payload)
        await dispatcher.finish(20)
        return Heard(callbacks.sent)

    return asyncio.run(run())


@dataclass
class Actor:
    """A person who uses the bot in a server or a direct message."""

    user: User
    guild: Guild | None
    channel: Channel
    role_ids: list[int] = field(default_factory=list)
    locale: str = "en-US"

    def command(self, name: str, **options: Any) -> Heard:
        return deliver(self._payload(2, {"id": "1", "name": name, "options": _options(options)}))

    def complete(self, name: str, focused: str, typed: str = "") -> Heard:
        option = {"name": focused, "type": 3, "value": typed, "focused": True}
        return deliver(self._payload(4, {"id": "1", "name": name, "options": [option]}))

    def press(self, custom_id: str, *values: int | str, people: Json | None = None) -> Heard:
        data: Json = {"custom_id": custom_id, "component_type": 3 if values else 2}
        if values:
            data["values"] = [str(value) for value in values]
        if people is not None:
            data["resolved"] = people
        return deliver(self._payload(3, data) | {"message": {"id": "7"}})

    def submit(self, custom_id: str, *, on_message: bool = False, **fields: str) -> Heard:
        rows = [
            {"type": 1, "components": [{"type": 4, "custom_id": name, "value": value}]}
            for name, value in fields.items()
        ]
        payload = self._payload(5, {"custom_id": custom_id, "components": rows})
        return deliver(payload | ({"message": {"id": "7"}} if on_message else {}))

    def resubmit(self, form: Heard, **fields: str) -> Heard:
        """Submit the opened modal with its prefilled values, except those given."""
        rows = [row["components"][0] for row in form.modal["components"]]
        typed = {part["custom_id"]: str(part.get("value", "")) for part in rows} | fields
        return self.submit(form.modal["custom_id"], on_message=True, **typed)

    def _payload(self, kind: int, data: Json) -> Json:
        user = {"id": str(self.user.discord_id), "username": self.user.username}
        payload: Json = {
            "id": str(snowflake()),
            "application_id": "1",
            "token": "t",
            "type": kind,
            "channel_id": str(self.channel.id),
            "channel": {"id": str(self.channel.id), "type": 0},
            "locale": self.locale,
            "app_permissions": EVERYTHING,
            "data": data,
        }
        if self.guild is None:
            return payload | {"user": user}
        return payload | {
            "guild_id": str(self.guild.id),
            "member": {"user": user, "roles": [str(one) for one in self.role_ids]},
        }


def _options(options: Json) -> list[Json]:
    kinds = {bool: 5, int: 4, str: 3}
    return [
        {"name": name, "type": kinds[type(value)], "value": value}
        for name, value in options.items()
    ]


@dataclass
class Stage:
    """A server with its roles and one actor of each standing, and another server."""

    guild: Guild
    channel: Channel
    roles: dict[str, Role]
    actors: dict[str, Actor]
    elsewhere: Guild

    def member(self, name: str) -> Member:
        return Member.objects.select_related("user", "guild").get(
            guild=self.guild, user=self.actors[name].user
        )


def set_stage() -> Stage:
    owner = make_user("Owner")
    guild = make_guild(owner)
    bits = {
        "everyone": Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES,
        "administrator": Permission.ADMINISTRATOR,
        "manage_guild": Permission.MANAGE_GUILD,
        "channel_manager": Permission.MANAGE_CHANNELS,
        "manager": Permission(0),
        "host": Permission(0),
        "player": Permission(0),
    }
    roles = {
        name: Role.objects.create(
            id=guild.id if name == "everyone" else snowflake(),
            guild=guild,
            name=name,
            permissions=int(permissions),
        )
        for name, permissions in bits.items()
    }
    guild.manager_role_ids = [roles["manager"].id]
    guild.host_role_ids = [roles["host"].id]
    guild.save()
    channel = make_channel(guild)
    actors = {"owner": Actor(owner, guild, channel)}
    for name in [*bits, "the_host", "plain"]:
        if name == "everyone":
            continue
        role = {"the_host": "host"}.get(name, name)
        role_ids = [roles[role].id] if role in roles else []
        user = make_user(name)
        permissions = int(bits["everyone"] | bits.get(role, Permission(0)))
        make_member(guild, user, role_ids=role_ids, permissions=permissions)
        actors[name] = Actor(user, guild, channel, role_ids)
    # People who left can still press buttons in direct messages.
    left = make_user("left")
    make_member(guild, left, left_at=timezone.now())
    actors["left"] = Actor(left, None, channel)
    elsewhere = make_guild()
    Role.objects.create(id=elsewhere.id, guild=elsewhere, name="@everyone", permissions=1024)
    stranger = make_user("stranger")
    make_member(elsewhere, stranger)
    actors["stranger"] = Actor(stranger, elsewhere, make_channel(elsewhere))
    elsewhere.owner_id = stranger.discord_id or 0
    elsewhere.save()
    return Stage(guild, channel, roles, actors, elsewhere)
