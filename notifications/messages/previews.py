"""A game before it is posted: how it will look, its time spelled out, and the form to change it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from games.models import DESCRIPTION_LENGTH, TITLE_LENGTH
from games.rules import reminders_ahead
from games.snapshots import GameSnapshot
from games.typed import TypedGame, spell_out
from guilds.errors import Refused
from notifications.messages import announcement, custom_ids
from notifications.messages.limits import CONTENT, fit
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

SHORT, PARAGRAPH = 1, 2


def preview(snapshot: GameSnapshot, *, draft_id: int, now: datetime) -> Message:
    """The announcement as it will look, below its time and reminders in words."""
    shown = announcement.render(snapshot, now=now)
    return {
        "content": fit("\n".join(_above(snapshot, now)), CONTENT),
        "embeds": shown["embeds"],
        "components": [
            row(
                button(_("Post"), custom_ids.draft_button(draft_id, custom_ids.POST), SUCCESS),
                button(_("Edit"), custom_ids.draft_button(draft_id, custom_ids.EDIT), SECONDARY),
                button(_("Discard"), custom_ids.draft_button(draft_id, custom_ids.DISCARD), DANGER),
            )
        ],
    }


def to_be_put_right(refused: Refused, *, draft_id: int) -> Message:
    """Why this makes no game yet, with the way back to what was typed."""
    return refusal(refused) | {
        "embeds": [],
        "components": [
            row(
                button(_("Edit"), custom_ids.draft_button(draft_id, custom_ids.EDIT), PRIMARY),
                button(_("Discard"), custom_ids.draft_button(draft_id, custom_ids.DISCARD), DANGER),
            )
        ],
    }


def form(typed: TypedGame, *, draft_id: int) -> Message:
    """The modal that changes a draft, filled with what was typed before."""
    return {
        "custom_id": custom_ids.draft_button(draft_id, custom_ids.EDIT),
        "title": _("Edit the game"),
        "components": [
            _input("title", _("Title"), typed.title, longest=TITLE_LENGTH),
            _input("when", _("When"), typed.when, longest=80),
            _input("duration", _("Duration"), typed.duration, longest=80, required=False),
            _input("max_players", _("Most players"), typed.max_players, longest=3, required=False),
            _input(
                "description",
                _("Description"),
                typed.description,
                longest=DESCRIPTION_LENGTH,
                style=PARAGRAPH,
                required=False,
            ),
        ],
    }


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


def _input(
    name: str,
    label: str,
    value: str,
    *,
    longest: int,
    style: int = SHORT,
    required: bool = True,
) -> Message:
    field: Message = {
        "type": 4,
        "custom_id": name,
        "label": label,
        "style": style,
        "required": required,
        "max_length": longest,
    }
    if value:
        field["value"] = value[:longest]
    return row(field)
