"""A new game: its host's choices, and the checked, unsaved game made from them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from games.checks import (
    check_game,
    check_image,
    check_may_announce_in,
    check_rule,
    clean_game,
    closed_to_all,
    forget_gone_roles,
    is_past,
)
from games.defaults import check_locks, defaults_for
from games.fields import BY_COLUMN, LISTS, Kind
from games.models import Game, Template
from games.selectors import find_default_template, get_template
from guilds.errors import NotAllowed, Refused
from guilds.models import Channel, Member
from guilds.permissions import can_host, check_may_speak, standing_of
from guilds.rules import Setting
from guilds.selectors import check_postable, get_postable_channel, unpinged_roles
from when.repetitions import Rule, read_rule


@dataclass(frozen=True)
class NewGame:
    """The host's choices by column. None means "as template, channel or server have it".

    `repeat` is the rule of a series; `carry_over` and `ask_host` are options of that series
    (`games.models.Series`).
    """

    channel_id: int
    title: str
    starts_at: datetime
    timezone: str
    template_id: int | None = None
    duration_minutes: int | None = None
    min_players: int | None = None
    max_players: int | None = None
    description: str | None = None
    location: str | None = None
    rules: str | None = None
    category: str | None = None
    reminder_minutes: tuple[int, ...] | None = None
    signup_method: str | None = None
    signup_closes_at: datetime | None = None
    post_at: datetime | None = None
    slots: tuple[dict[str, Any], ...] | None = None
    notify_role_ids: tuple[int, ...] | None = None
    player_role_ids: tuple[int, ...] | None = None
    priority_role_ids: tuple[int, ...] | None = None
    color: int | None = None
    image_id: str | None = None
    repeat: Rule | None = None
    carry_over: bool = False
    ask_host: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return plain values for `from_json`, without those not chosen."""
        values = {name: value for name, value in asdict(self).items() if value is not None}
        if self.repeat is not None:
            values["repeat"] = str(self.repeat)
        return {name: _plain(value) for name, value in values.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        known = {f.name: values[f.name] for f in fields(cls) if values.get(f.name) is not None}
        return cls(**{name: _typed(name, value) for name, value in known.items()})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _typed(name: str, value: Any) -> Any:
    if name == "repeat":
        return read_rule(value) if value else None
    kind = BY_COLUMN[name].kind if name in BY_COLUMN else None
    if kind == Kind.MOMENT:
        return datetime.fromisoformat(value)
    return tuple(value) if kind in LISTS else value


@dataclass(frozen=True)
class Basis:
    """The channel and template of a new game, and the defaults that follow from them.

    Callers that have fetched channel and template pass this on, so that nothing is fetched or
    worked out twice.
    """

    channel: Channel
    template: Template | None
    defaults: Mapping[str, Setting[Any]]


def basis_of(channel: Channel, template: Template | None) -> Basis:
    return Basis(channel, template, defaults_for(channel, template))


def find_basis(host: Member, new: NewGame) -> Basis:
    """Fetch channel and template, by default the guild's default template. Raises `NotFound`."""
    channel = get_postable_channel(host.guild, new.channel_id)
    channel.guild = host.guild
    if new.template_id:
        return basis_of(channel, get_template(host.guild, new.template_id))
    return basis_of(channel, find_default_template(host.guild))


def prepare_game(*, host: Member, new: NewGame, basis: Basis | None = None) -> Game:
    """Return the game that `create_game` would save: defaults filled in, checked, unsaved.

    Raises `Refused` (with the field), `NotFound` and `NotAllowed`.
    """
    basis = basis or find_basis(host, new)
    assert basis.channel.id == new.channel_id
    _check_may_announce(host, basis)
    if new.image_id:
        check_image(host.guild, new.image_id)
    game = _game_from(new, host, basis)
    check_game(game)
    if is_past(game.starts_at):
        raise Refused(_("That time is already past."), field="when")
    if new.repeat:
        check_rule(new.repeat, first=game.starts_at.astimezone(ZoneInfo(game.timezone)).date())
    return game


def _check_may_announce(host: Member, basis: Basis) -> None:
    check_may_speak(host)
    roles = basis.template.host_role_ids if basis.template else ()
    if not can_host(standing_of(host, host.guild), roles):
        raise NotAllowed(_("Only certain roles can announce games on this server."))
    check_postable(basis.channel)
    check_may_announce_in(basis.channel, host)
    if not basis.channel.is_active:
        raise Refused(_("Games are switched off in that channel."), field="channel")


def _game_from(new: NewGame, host: Member, basis: Basis) -> Game:
    """Return the unsaved game. Raises `Refused` if the host changes what the template locks."""
    chosen = {f.name: getattr(new, f.name) for f in fields(new) if f.name in BY_COLUMN}
    chosen["title"] = new.title or None
    check_locks(chosen, basis.template, basis.defaults)
    values = {name: value for name, value in chosen.items() if value is not None}
    values = {name: setting.value for name, setting in basis.defaults.items()} | values
    for name in ("channel_id", "template_id", "slots"):  # given as objects, or rows
        values.pop(name, None)
    game = Game(
        **values | {"signup_closes_at": _closes_at(new, basis.template)},
        guild=basis.channel.guild,
        channel=basis.channel,
        template=basis.template,
        host=host.user,
    )
    forget_gone_roles(game)
    clean_game(game)
    return game


def warnings_of(game: Game) -> list[str]:
    """Say what of the unsaved game will not work: what it names was deleted, or pings nobody."""
    lines = []
    if unpinged := unpinged_roles(game.channel, game.notify_role_ids):
        lines.append(
            _(
                "Nobody will be notified by %(roles)s. Let everyone mention the role, or give me "
                "the permission “Mention @everyone, @here and All Roles”."
            )
            % {"roles": ", ".join(f"@{name.removeprefix('@')}" for name in unpinged)}
        )
    if sentence := closed_to_all(game.player_role_ids):
        lines.append(sentence)
    template = game.template
    if template and template.channel and template.channel.deleted_at:
        lines.append(
            _(
                "The template “%(template)s” names the channel #%(channel)s, which was deleted on "
                "Discord. Ask a game manager to choose another there."
            )
            % {"template": template.name, "channel": template.channel.name}
        )
    return lines


def _closes_at(new: NewGame, template: Template | None) -> datetime | None:
    if new.signup_closes_at or template is None or template.signup_closes_minutes is None:
        return new.signup_closes_at
    return new.starts_at - timedelta(minutes=template.signup_closes_minutes)
