"""The panel with which a host moves people about: players, waitlist, and the actions."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from games.snapshots import GameSnapshot, PersonSnapshot
from notifications.messages import limits
from notifications.messages.custom_ids import AskButton, RosterAction, RosterButton
from notifications.messages.markdown import escape_line, plain_line
from notifications.messages.wording import (
    DANGER,
    PRIMARY,
    SECONDARY,
    Message,
    button,
    game_url,
    row,
    when,
)

PAGE_SIZE = limits.SELECT_OPTIONS
NAME_ROOM = 80
COLOR = 0x3BA55D
USER_SELECT = 5


def panel(
    snapshot: GameSnapshot,
    *,
    page: int = 0,
    participant_id: int = 0,
    slot_id: int = 0,
    said: str = "",
) -> Message:
    """Show the roster, with somebody chosen or nobody; `said` tells of the last action."""
    people = everyone(snapshot)
    page = min(page, max(0, (len(people) - 1) // PAGE_SIZE))
    chosen = next((p for p in people if p.participant_id == participant_id), None)
    slot = next((s.id for s in snapshot.slots if s.id == slot_id), 0)
    state = _State(snapshot, page, chosen.participant_id if chosen else 0, slot)
    rows = [
        _people_select(state, people),
        _actions(state, chosen),
        row(_user_select(state)),
    ]
    if snapshot.slots:
        rows.append(row(_slot_select(state)))
    if len(people) > PAGE_SIZE:
        rows.append(_turning(state, len(people)))
    return {
        "content": limits.fit(said, limits.CONTENT),
        "embeds": [_embed(snapshot)],
        "components": [one for one in rows if one],
    }


def everyone(snapshot: GameSnapshot) -> tuple[PersonSnapshot, ...]:
    """All people the host can choose: first those who go, in their order."""
    return snapshot.playing + snapshot.waiting + snapshot.maybe


class _State:
    """The state of the panel, which is kept in its custom ids alone."""

    def __init__(self, snapshot: GameSnapshot, page: int, participant_id: int, slot_id: int):
        self.snapshot = snapshot
        self.page = page
        self.participant_id = participant_id
        self.slot_id = slot_id

    def id(self, action: RosterAction, *, page: int | None = None) -> str:
        return RosterButton(
            self.snapshot.id,
            action,
            page=self.page if page is None else page,
            participant_id=self.participant_id,
            slot_id=self.slot_id,
        ).custom_id


def _embed(snapshot: GameSnapshot) -> Message:
    slots = {slot.id: slot.name for slot in snapshot.slots}
    title = limits.fit(snapshot.title, limits.EMBED_TITLE, escape=escape_line)
    seats = f"{len(snapshot.playing)}/{snapshot.max_players}"
    fields = [_field(_("Players (%(count)s)") % {"count": seats}, snapshot.playing, slots)]
    if snapshot.waiting:
        heading = _("Waitlist (%(count)d)") % {"count": len(snapshot.waiting)}
        fields.append(_field(heading, snapshot.waiting, slots))
    if snapshot.maybe:
        heading = _("Maybe (%(count)d)") % {"count": len(snapshot.maybe)}
        fields.append(_field(heading, snapshot.maybe, slots))
    return {
        "title": title,
        "url": game_url(snapshot.guild_id, snapshot.id),
        "color": COLOR,
        "description": when(snapshot.starts_at),
        "fields": fields,
    }


def _field(heading: str, people: Sequence[PersonSnapshot], slots: dict[int, str]) -> Message:
    lines = (_line(place, person, slots) for place, person in enumerate(people, start=1))
    text = limits.join_first(lines, len(people), limits.FIELD_VALUE) or _("Nobody yet")
    return {"name": heading, "value": text, "inline": False}


def _line(place: int, person: PersonSnapshot, slots: dict[int, str]) -> str:
    line = f"{place}. {limits.fit(person.name, NAME_ROOM, escape=escape_line) or '?'}"
    if person.slot_id in slots:
        line += f" · {limits.fit(slots[person.slot_id], 40, escape=escape_line)}"
    return line


def _people_select(state: _State, people: Sequence[PersonSnapshot]) -> Message | None:
    first = state.page * PAGE_SIZE
    shown = people[first : first + PAGE_SIZE]
    if not shown:
        return None
    return row(
        {
            "type": 3,
            "custom_id": state.id("person"),
            "placeholder": _("Whom to move or remove"),
            "min_values": 1,
            "max_values": 1,
            "options": [_option(state, person) for person in shown],
        }
    )


def _option(state: _State, person: PersonSnapshot) -> Message:
    user_id, snapshot = person.participant_id, state.snapshot
    lists = (
        (_("plays, seat %(place)d"), snapshot.playing),
        (_("waits, no. %(place)d"), snapshot.waiting),
        (_("maybe"), snapshot.maybe),
    )
    standing = ""
    for text, people in lists:
        ids = [one.participant_id for one in people]
        if user_id in ids:
            standing = text % {"place": ids.index(user_id) + 1} if "%" in text else text
    return {
        "label": limits.fit(person.name, limits.OPTION_LABEL, escape=plain_line) or "?",
        "value": str(user_id),
        "description": standing,
        "default": user_id == state.participant_id,
    }


def _actions(state: _State, chosen: PersonSnapshot | None) -> Message:
    snapshot = state.snapshot
    going = snapshot.playing + snapshot.waiting
    place = going.index(chosen) if chosen in going else None
    last = len(going) - 1
    return row(
        button(_("Up"), state.id("up"), SECONDARY, disabled=place in {None, 0}),
        button(_("Down"), state.id("down"), SECONDARY, disabled=place in {None, last}),
        button(
            _("Give a seat"),
            state.id("promote"),
            PRIMARY,
            disabled=chosen not in snapshot.waiting,
        ),
        button(_("Remove"), state.id("remove"), DANGER, disabled=chosen is None),
        button(_("Add by name…"), state.id("placeholder"), SECONDARY),
    )


def _user_select(state: _State) -> Message:
    return {
        "type": USER_SELECT,
        "custom_id": state.id("add"),
        "placeholder": _("Add a member of this server"),
        "min_values": 1,
        "max_values": 1,
    }


def _slot_select(state: _State) -> Message:
    options = [
        {
            "label": limits.fit(slot.name, limits.OPTION_LABEL, escape=plain_line) or "?",
            "value": str(slot.id),
            "description": _("%(taken)d of %(capacity)d taken")
            % {"taken": slot.taken, "capacity": slot.capacity},
            "default": slot.id == state.slot_id,
        }
        for slot in state.snapshot.slots[: limits.SELECT_OPTIONS]
    ]
    return {
        "type": 3,
        "custom_id": state.id("seat"),
        "placeholder": _("Slot for whom you add next"),
        "min_values": 1,
        "max_values": 1,
        "options": options,
    }


def _turning(state: _State, count: int) -> Message:
    last = (count - 1) // PAGE_SIZE
    back, on = max(state.page - 1, 0), min(state.page + 1, last)
    return row(
        button(
            _("Previous"),
            state.id("turn0", page=back),
            SECONDARY,
            disabled=state.page == 0,
        ),
        button(
            _("Next"),
            state.id("turn1", page=on),
            SECONDARY,
            disabled=state.page == last,
        ),
    )


def moved(name: str, place: int, *, waits: bool) -> str:
    text = (
        _("%(name)s is on the waitlist (no. %(place)d).")
        if waits
        else _("%(name)s has seat %(place)d.")
    )
    return text % {"name": _bold(name), "place": place}


def removed(name: str) -> str:
    return _("%(name)s is off the roster.") % {"name": _bold(name)}


def added(name: str) -> str:
    return _("%(name)s is on the roster.") % {"name": _bold(name)}


def _bold(name: str) -> str:
    return f"**{limits.fit(name, NAME_ROOM, escape=escape_line) or '?'}**"


def name_refused(text: str, *, pending_id: int) -> Message:
    """Why a name was not added, with the way back to it."""
    again = AskButton(pending_id, "again").custom_id
    return {
        "content": limits.fit(text, limits.CONTENT),
        "embeds": [],
        "components": [row(button(_("Try again"), again, PRIMARY))],
    }
