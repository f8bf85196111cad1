"""Slots in the announcement: a field each, and the select in place of the Join button."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from games.snapshots import GameSnapshot, PersonSnapshot, SlotSnapshot
from notifications.messages import limits
from notifications.messages.custom_ids import GameButton
from notifications.messages.markdown import escape_line, plain_line
from notifications.messages.wording import Message

_MOST_FIELDS = 12


def slot_fields(
    snapshot: GameSnapshot,
    *,
    title: str,
    room: int,
    name: Callable[[PersonSnapshot], str],
) -> list[Message]:
    """One heading with the sum, then a field a slot; together at most about `2 × room` long."""
    shown = snapshot.slots[:_MOST_FIELDS]
    heading = limits.more(len(snapshot.slots) - len(shown)) if snapshot.slots[len(shown) :] else ""
    fields: list[Message] = [{"name": title, "value": heading or "\u200b", "inline": False}]
    for slot in shown:
        people = [person for person in snapshot.playing if person.slot_id == slot.id]
        lines = limits.join_first(map(name, people), len(people), room // len(shown))
        fields.append({"name": _heading(slot), "value": lines or "–", "inline": True})
    others = [person for person in snapshot.playing if person.slot_id is None]
    if others:
        lines = limits.join_first(map(name, others), len(others), room // 4)
        fields.append({"name": _("Without a slot"), "value": lines, "inline": True})
    return fields


def slot_select(snapshot: GameSnapshot, *, disabled: bool) -> Message:
    return {
        "type": 3,
        "custom_id": GameButton(snapshot.id, "slot").custom_id,
        "placeholder": _("Join: pick a slot"),
        "options": [
            _option(slot, is_full=snapshot.is_full)
            for slot in snapshot.slots[: limits.SELECT_OPTIONS]
        ],
        "min_values": 1,
        "max_values": 1,
        "disabled": disabled,
    }


def _option(slot: SlotSnapshot, *, is_full: bool) -> Message:
    """The option says how many of its seats are open, or that one would wait."""
    free = max(slot.capacity - slot.taken, 0)
    text = _("%(free)d of %(capacity)d free") % {"free": free, "capacity": slot.capacity}
    if not free or is_full:
        text = _("Full · join the waitlist")
    label = f"{slot.emoji} {slot.name}" if slot.emoji.isprintable() else slot.name
    return {
        "label": limits.fit(label, limits.OPTION_LABEL, escape=plain_line) or "?",
        "value": str(slot.id),
        "description": text,
    }


def _heading(slot: SlotSnapshot) -> str:
    name = limits.fit(f"{slot.emoji} {slot.name}", 100, escape=escape_line)
    return f"{name} ({slot.taken}/{slot.capacity})"
