"""The preview of a game before it is posted, its time spelled out, and the form to change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from games.rules import reminders_ahead
from games.snapshots import GameSnapshot
from games.typed.game import TypedGame
from games.typed.values import spell_out
from guilds.errors import Refused
from guilds.models import POSTABLE
from guilds.typed_values import SeveralReadings
from notifications.messages import announcement, forms, limits
from notifications.messages.custom_ids import DraftButton, DraftReading
from notifications.messages.limits import CONTENT, fit
from notifications.messages.markdown import escape_line
from notifications.messages.readings import other_reading, reading_buttons, why_another
from notifications.messages.replies import line, refusal
from notifications.messages.wording import (
    DANGER,
    PRIMARY,
    SECONDARY,
    SUCCESS,
    Message,
    button,
    draft_url,
    link,
    row,
    when,
)
from when import Reading, length_in_words

SELECT, CHANNEL_SELECT = 3, 8
MOST_ZONES = limits.SELECT_OPTIONS


@dataclass(frozen=True)
class Shown:
    """A draft that is shown: whose buttons, where it opens on the web, and what is asked.

    `zones` are offered to a host whose time zone nobody knows; `zone_for_server` to an admin, for
    a server without one.
    """

    draft_id: int
    guild_id: int
    source_id: int | None = None
    zones: Sequence[str] = ()
    zone_for_server: str = ""


def preview(
    snapshot: GameSnapshot,
    draft: Shown,
    *,
    now: datetime,
    reading: Reading | None = None,
    repetition: Sequence[str] = (),
    warnings: Sequence[str] = (),
) -> Message:
    """Show the announcement as it will look, below its time and reminders in words.

    `reading` is the reading of the typed time; its other meaning is offered too. `repetition`
    describes the dates of a series (`messages.series.dates`); `warnings` are sentences of
    `games.new_game.warnings_of`.
    """
    shown = announcement.render(snapshot, now=now)
    lines = _above(snapshot, now)
    others: list[Message] = []
    if reading and (why := why_another(reading)):
        lines.insert(2, why)
        others = other_reading(reading, partial(DraftReading, draft.draft_id))
    lines += [*repetition, *(f"⚠ {escape_line(warning)}" for warning in warnings)]
    if draft.zones:
        lines.append(_("I know no time zone of yours. Choose one, and I keep it for you."))
    if draft.zone_for_server:
        others.append(_server_button(draft))
    return {
        "content": fit("\n".join(lines), CONTENT),
        "embeds": shown["embeds"],
        "components": [
            row(
                button(_("Post"), DraftButton(draft.draft_id, "post").custom_id, SUCCESS),
                *_ways_on(draft, SECONDARY),
            ),
            *([row(*others)] if others else []),
            *_zone_rows(draft),
        ],
    }


def which_zone(typed: str, draft: Shown) -> Message:
    """Ask for the host's time zone, without which the typed time has no meaning."""
    text = _(
        "“%(when)s” on whose clock? Choose your time zone: I keep it for you, and show you the "
        "game then."
    )
    return line(text % {"when": fit(typed, 80, escape=escape_line)}) | {
        "embeds": [],
        "components": [*_zone_rows(draft), row(*_ways_on(draft, SECONDARY))],
    }


def to_be_put_right(refused: Refused, draft: Shown) -> Message:
    """Say why this makes no game yet, with the way back to the typed values."""
    readings: list[Message] = []
    # Without a zone the readings would be guesses as well.
    if isinstance(refused, SeveralReadings) and not draft.zones:
        make_id = partial(DraftReading, draft.draft_id)
        readings = reading_buttons(refused.alternatives, refused.zone, make_id)
    return refusal(refused) | {
        "embeds": [],
        "components": [
            *([row(*readings)] if readings else []),
            *([row(_channel_select(draft))] if refused.field == "channel" else []),
            row(*_ways_on(draft, PRIMARY)),
            *_zone_rows(draft),
        ],
    }


def _ways_on(draft: Shown, style: int) -> list[Message]:
    """The two pages of the form, the same on the web, and the way out."""
    return [
        button(_("Edit"), DraftButton(draft.draft_id, "edit").custom_id, style),
        button(_("More fields"), DraftButton(draft.draft_id, "more").custom_id, SECONDARY),
        link(_("On the web"), draft_url(draft.guild_id, draft.draft_id, draft.source_id)),
        button(_("Discard"), DraftButton(draft.draft_id, "discard").custom_id, DANGER),
    ]


def _channel_select(draft: Shown) -> Message:
    return {
        "type": CHANNEL_SELECT,
        "custom_id": DraftButton(draft.draft_id, "channel").custom_id,
        "channel_types": [int(kind) for kind in POSTABLE],
        "placeholder": _("Announce it in another channel"),
    }


def _zone_rows(draft: Shown) -> list[Message]:
    """The zones to choose from, each with the time it is there, and the way to others."""
    if not draft.zones:
        return []
    now = timezone.now()
    options = [
        {"label": f"{zone} · {now.astimezone(ZoneInfo(zone)):%H:%M}", "value": zone}
        for zone in draft.zones[:MOST_ZONES]
    ]
    select = {
        "type": SELECT,
        "custom_id": DraftButton(draft.draft_id, "zone").custom_id,
        "placeholder": _("Your time zone, and the time there now"),
        "options": options,
    }
    search = button(
        _("Another time zone"), DraftButton(draft.draft_id, "search").custom_id, SECONDARY
    )
    return [row(select), row(search)]


def _server_button(draft: Shown) -> Message:
    label = _("Use %(zone)s for this server too") % {"zone": draft.zone_for_server}
    custom_id = DraftButton(draft.draft_id, "server").custom_id
    return button(fit(label, limits.BUTTON_LABEL), custom_id, SECONDARY)


def form(typed: TypedGame, *, draft_id: int) -> Message:
    """The modal that changes a draft, filled with what was typed before."""
    custom_id = DraftButton(draft_id, "edit").custom_id
    return forms.game_form(typed, custom_id=custom_id, is_new=True)


def more_form(typed: TypedGame, *, draft_id: int) -> Message:
    """The second page of that form."""
    return forms.more_form(typed, custom_id=DraftButton(draft_id, "more").custom_id)


def zone_form(*, draft_id: int) -> Message:
    return forms.zone_form(custom_id=DraftButton(draft_id, "search").custom_id)


def _above(snapshot: GameSnapshot, now: datetime) -> list[str]:
    lines = [
        _("This is how it will look in <#%(channel)d>. Nobody sees it yet.")
        % {"channel": snapshot.channel_id},
        f"**{_spelled_out(snapshot)}** · {when(snapshot.starts_at)}",
    ]
    minutes = (snapshot.starts_at - now).total_seconds() / 60
    ahead, past = reminders_ahead(snapshot.reminder_minutes, starts_in_minutes=minutes)
    if ahead:
        lines.append(_("Reminders: %(list)s before.") % {"list": _durations(ahead)})
    else:
        lines.append(_("No reminders."))
    if past:
        lines.append(
            _("Skipped, as their time is past already: %(list)s before.")
            % {"list": _durations(past)}
        )
    return lines


def _spelled_out(snapshot: GameSnapshot) -> str:
    return f"{spell_out(snapshot.starts_at, snapshot.timezone)} ({snapshot.timezone})"


def _durations(minutes: Sequence[int]) -> str:
    return ", ".join(length_in_words(count) for count in minutes)
