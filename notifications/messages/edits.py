"""Replies to an edit: the differences it made, and questions before it is made."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from games.fields import FIELDS, Field, Kind
from games.services.game_edit import WouldDemote
from games.snapshots import GameSnapshot
from guilds.errors import Refused
from guilds.typed_values import SeveralReadings
from notifications.messages.custom_ids import AskButton, AskReading
from notifications.messages.limits import CONTENT, fit, join_lines
from notifications.messages.markdown import escape_line
from notifications.messages.readings import reading_buttons
from notifications.messages.replies import closing, refusal
from notifications.messages.wording import (
    DANGER,
    PRIMARY,
    SECONDARY,
    Message,
    button,
    game_edit_url,
    game_url,
    link,
    row,
    when,
)
from when import length_in_words

_TEXT_ROOM = 200


def edited(snapshot: GameSnapshot, before: Mapping[str, Any], *, is_all: bool = False) -> Message:
    """List the changed fields, old and new; `before` holds the old values."""
    details = row(link(_("Details"), game_url(snapshot.guild_id, snapshot.id)))
    lines = _differences(snapshot, before)
    if not lines:
        return closing(_("Nothing changed.")) | {"components": [details]}
    title = escape_line(snapshot.title)
    heading = _("Changed **%(title)s**:") % {"title": title}
    if "starts_at" in before:
        lines.append(_("Everyone who signed up is told the new time."))
    if is_all:
        lines.append(_("It counts for this game and all later ones."))
    text = join_lines([heading, *lines], CONTENT)
    return closing(text) | {"components": [details]}


def ask_scope(snapshot: GameSnapshot, *, pending_id: int) -> Message:
    """Ask which sessions of a series are meant."""
    text = _("**%(title)s** repeats. Change only this game, or all from now on?")
    return closing(text % {"title": escape_line(snapshot.title)}) | _buttons(
        button(_("This one"), AskButton(pending_id, "one").custom_id, PRIMARY),
        button(_("All from now on"), AskButton(pending_id, "all").custom_id, SECONDARY),
        _again(pending_id, _("Back"), SECONDARY),
    )


def to_be_put_right(refused: Refused, game: GameSnapshot, *, pending_id: int) -> Message:
    """Say why the edit was not made, with the ways back to the typed values.

    The page on the web has the fields that the form has no room for.
    """
    on_the_web = link(_("On the web"), game_edit_url(game.guild_id, game.id, pending_id))
    if isinstance(refused, WouldDemote):
        return refusal(refused) | _buttons(
            button(_("Confirm"), AskButton(pending_id, "confirm").custom_id, DANGER),
            _again(pending_id, _("Back"), SECONDARY),
            on_the_web=on_the_web,
        )
    readings: list[Message] = []
    if isinstance(refused, SeveralReadings):
        make_id = partial(AskReading, pending_id)
        readings = reading_buttons(refused.alternatives, refused.zone, make_id)
    again = _again(pending_id, _("Edit again"), SECONDARY)
    return refusal(refused) | _buttons(*readings, again, on_the_web=on_the_web)


def changed_meanwhile(
    refused: Refused, snapshot: GameSnapshot, before: Mapping[str, Any], *, pending_id: int
) -> Message:
    """List the changes somebody else has made. Both ways on show the game as it is now."""
    lines = [refused.message, *_differences(snapshot, before)]
    return closing(join_lines(lines, CONTENT)) | _buttons(
        _again(pending_id, _("Edit again"), PRIMARY),
        button(_("Start over"), AskButton(pending_id, "fresh").custom_id, SECONDARY),
    )


def confirm_cancel(snapshot: GameSnapshot, reason: str, *, pending_id: int) -> Message:
    lines = [
        _("Cancel **%(title)s**, %(when)s?")
        % {"title": escape_line(snapshot.title), "when": when(snapshot.starts_at)},
        _("Everyone who signed up is told."),
    ]
    if reason:
        lines.append(_("Reason: %(reason)s") % {"reason": fit(reason, 600, escape=escape_line)})
    return closing("\n".join(lines)) | _buttons(
        button(_("Cancel game"), AskButton(pending_id, "confirm").custom_id, DANGER),
        button(_("Keep it"), AskButton(pending_id, "back").custom_id, SECONDARY),
    )


def kept() -> Message:
    return closing(_("The game stays as it is."))


def _again(pending_id: int, label: str, style: int) -> Message:
    return button(label, AskButton(pending_id, "again").custom_id, style)


def _buttons(*buttons: Message, on_the_web: Message | None = None) -> Message:
    rows = [row(*buttons), *([row(on_the_web)] if on_the_web else [])]
    return {"embeds": [], "components": rows}


def _differences(snapshot: GameSnapshot, before: Mapping[str, Any]) -> list[str]:
    lines = []
    for field in FIELDS:
        if (field.in_modal or field.kind == Kind.CHANNEL) and field.column in before:
            old = _shown(field, before[field.column])
            new = _shown(field, getattr(snapshot, field.column))
            lines.append(f"**{field.label}**: {old} → {new}")
    return lines


def _shown(field: Field, value: Any) -> str:
    if field.kind == Kind.MOMENT:
        return when(datetime.fromisoformat(value) if isinstance(value, str) else value)
    if field.kind == Kind.LENGTH:
        return length_in_words(int(value))
    if field.kind == Kind.CHANNEL:
        return f"<#{value}>"
    return fit(str(value), _TEXT_ROOM, escape=escape_line) or "–"
