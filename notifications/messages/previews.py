"""The preview of a game before it is posted, its time spelled out, and the form to change it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from games.rules import reminders_ahead
from games.snapshots import GameSnapshot
from games.typed.game import TypedGame
from games.typed.values import spell_out
from guilds.errors import Refused
from guilds.typed_values import SeveralReadings
from notifications.messages import announcement
from notifications.messages.custom_ids import DraftButton, DraftReading
from notifications.messages.forms import game_form
from notifications.messages.limits import CONTENT, fit
from notifications.messages.markdown import escape_line
from notifications.messages.readings import other_reading, reading_buttons, why_another
from notifications.messages.replies import refusal
from notifications.messages.wording import (
    DANGER,
    PRIMARY,
    SECONDARY,
    SUCCESS,
    Message,
    button,
    row,
    when,
)
from when import Reading, length_in_words


def preview(
    snapshot: GameSnapshot,
    *,
    draft_id: int,
    now: datetime,
    reading: Reading | None = None,
    repetition: Sequence[str] = (),
    unpinged: Sequence[str] = (),
) -> Message:
    """Show the announcement as it will look, below its time and reminders in words.

    `reading` is the reading of the typed time; its other meaning is offered too. `repetition`
    describes the dates of a series (`messages.series.dates`). `unpinged` names the roles whose
    mention will reach nobody.
    """
    shown = announcement.render(snapshot, now=now)
    lines = _above(snapshot, now)
    others: list[Message] = []
    if reading and (why := why_another(reading)):
        lines.insert(2, why)
        others = other_reading(reading, partial(DraftReading, draft_id))
    lines += repetition
    if unpinged:
        lines.append(_unpinged(unpinged))
    return {
        "content": fit("\n".join(lines), CONTENT),
        "embeds": shown["embeds"],
        "components": [
            row(
                button(_("Post"), DraftButton(draft_id, "post").custom_id, SUCCESS),
                button(_("Edit"), DraftButton(draft_id, "edit").custom_id, SECONDARY),
                button(_("Discard"), DraftButton(draft_id, "discard").custom_id, DANGER),
            ),
            *([row(*others)] if others else []),
        ],
    }


def to_be_put_right(refused: Refused, *, draft_id: int) -> Message:
    """Say why this makes no game yet, with the way back to the typed values."""
    readings: list[Message] = []
    if isinstance(refused, SeveralReadings):
        make_id = partial(DraftReading, draft_id)
        readings = reading_buttons(refused.alternatives, refused.zone, make_id)
    return refusal(refused) | {
        "embeds": [],
        "components": [
            *([row(*readings)] if readings else []),
            row(
                button(_("Edit"), DraftButton(draft_id, "edit").custom_id, PRIMARY),
                button(_("Discard"), DraftButton(draft_id, "discard").custom_id, DANGER),
            ),
        ],
    }


def form(typed: TypedGame, *, draft_id: int) -> Message:
    """The modal that changes a draft, filled with what was typed before."""
    custom_id = DraftButton(draft_id, "edit").custom_id
    return game_form(typed, custom_id=custom_id, is_new=True)


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


def _unpinged(names: Sequence[str]) -> str:
    return _(
        "⚠️ Nobody will be notified by %(roles)s. Let everyone mention the role, or give me the"
        " permission “Mention @everyone, @here and All Roles”."
    ) % {"roles": ", ".join(escape_line(f"@{name.removeprefix('@')}") for name in names)}


def _durations(minutes: Sequence[int]) -> str:
    return ", ".join(length_in_words(count) for count in minutes)
