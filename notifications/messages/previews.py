"""A game before it is posted: how it will look, its time spelled out, and the form to change it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from games.rules import reminders_ahead
from games.snapshots import GameSnapshot
from games.typed import SeveralReadings, spell_out
from games.typed_game import TypedGame
from games.when import Reading
from guilds.errors import Refused
from notifications.messages import announcement, custom_ids
from notifications.messages.forms import game_form
from notifications.messages.limits import CONTENT, fit
from notifications.messages.readings import other_reading, reading_buttons, why_another
from notifications.messages.replies import refusal
from notifications.messages.wording import (
    DANGER,
    PRIMARY,
    SECONDARY,
    SUCCESS,
    Message,
    button,
    duration,
    row,
    when,
)


def preview(
    snapshot: GameSnapshot,
    *,
    draft_id: int,
    now: datetime,
    reading: Reading | None = None,
    repetition: Sequence[str] = (),
) -> Message:
    """The announcement as it will look, below its time and reminders in words.

    `reading` is what the time was read from; its other meaning is offered too. `repetition`
    is what is said of the dates it repeats on (`messages.series.dates`).
    """
    shown = announcement.render(snapshot, now=now)
    lines = _above(snapshot, now)
    others: list[Message] = []
    if reading and (why := why_another(reading)):
        lines.insert(2, why)
        others = other_reading(reading, partial(custom_ids.draft_at, draft_id))
    lines += repetition
    return {
        "content": fit("\n".join(lines), CONTENT),
        "embeds": shown["embeds"],
        "components": [
            row(
                button(_("Post"), custom_ids.draft_button(draft_id, custom_ids.POST), SUCCESS),
                button(_("Edit"), custom_ids.draft_button(draft_id, custom_ids.EDIT), SECONDARY),
                button(_("Discard"), custom_ids.draft_button(draft_id, custom_ids.DISCARD), DANGER),
            ),
            *([row(*others)] if others else []),
        ],
    }


def to_be_put_right(refused: Refused, *, draft_id: int) -> Message:
    """Why this makes no game yet, with the way back to what was typed."""
    readings: list[Message] = []
    if isinstance(refused, SeveralReadings):
        make_id = partial(custom_ids.draft_at, draft_id)
        readings = reading_buttons(refused.alternatives, refused.zone, make_id)
    return refusal(refused) | {
        "embeds": [],
        "components": [
            *([row(*readings)] if readings else []),
            row(
                button(_("Edit"), custom_ids.draft_button(draft_id, custom_ids.EDIT), PRIMARY),
                button(_("Discard"), custom_ids.draft_button(draft_id, custom_ids.DISCARD), DANGER),
            ),
        ],
    }


def form(typed: TypedGame, *, draft_id: int) -> Message:
    """The modal that changes a draft, filled with what was typed before."""
    custom_id = custom_ids.draft_button(draft_id, custom_ids.EDIT)
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


def _durations(minutes: Sequence[int]) -> str:
    return ", ".join(duration(count) for count in minutes)
