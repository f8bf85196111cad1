"""`/roster` and its panel, in which a host adds, moves and removes people.

The panel's custom ids carry what is chosen in it, so nothing is remembered.
"""

from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discordbot.features.completions import EDITABLE_GAME, find_editable
from discordbot.features.edits import get_game_to_edit
from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import Command
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_of
from discordbot.interactions.routes import modal, on, reply, update
from games.enums import Via
from games.models import Game
from games.selectors import get_snapshot
from games.services import pending
from games.services.guards import over_sentence
from games.services.pending import Pending, save_pending
from games.services.roster import host as roster
from games.snapshots import GameSnapshot
from guilds.errors import NotAllowed, Refused
from guilds.models import Member
from guilds.services.member import see_member
from notifications.messages import roster as messages
from notifications.messages.custom_ids import RosterButton
from notifications.messages.forms import name_form
from notifications.messages.replies import refusal


def show_roster(interaction: Interaction) -> Message:
    game = find_editable(member_of(interaction), interaction.text("game"))
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    return messages.panel(get_snapshot(game.id))


def turn_page(interaction: Interaction, button: RosterButton) -> Message:
    get_game_to_edit(member_of(interaction), button.game_id)
    return _panel(get_snapshot(button.game_id), button, button.participant_id, "")


def choose_person(interaction: Interaction, button: RosterButton) -> Message:
    get_game_to_edit(member_of(interaction), button.game_id)
    return _panel(get_snapshot(button.game_id), button, _chosen_id(interaction), "")


def choose_slot(interaction: Interaction, button: RosterButton) -> Message:
    get_game_to_edit(member_of(interaction), button.game_id)
    return messages.panel(
        get_snapshot(button.game_id),
        page=button.page,
        participant_id=button.participant_id,
        slot_id=_chosen_id(interaction),
    )


def act(interaction: Interaction, button: RosterButton) -> Message:
    """Move, promote or remove the person chosen. A refusal is said in the panel."""
    host = member_of(interaction)
    get_game_to_edit(host, button.game_id)
    before = get_snapshot(button.game_id)
    change = _CHANGES[button.action]
    return _changed(
        button,
        button.participant_id,
        _name(before, button.participant_id),
        partial(
            change,
            game_id=button.game_id,
            member=host,
            participant_id=button.participant_id,
            via=Via.BOT,
            request_key=interaction.request_key,
        ),
    )


def add_member(interaction: Interaction, button: RosterButton) -> Message:
    """Add the person whom the user select names, if Discord says that they are a member."""
    host = member_of(interaction)
    game = get_game_to_edit(host, button.game_id)
    facts = interaction.people.get(_chosen_id(interaction))
    if facts is None:
        said = _("Only people who are on this server can be added, and no bots.")
        return _panel(get_snapshot(game.id), button, button.participant_id, said)
    person = see_member(guild=host.guild, facts=facts)
    return _changed(
        button,
        button.participant_id,
        person.name,
        partial(
            roster.add_player,
            game_id=game.id,
            member=host,
            person=person,
            via=Via.BOT,
            slot_id=button.slot_id or None,
            request_key=interaction.request_key,
        ),
    )


def open_name_form(interaction: Interaction, button: RosterButton) -> Message:
    get_game_to_edit(member_of(interaction), button.game_id)
    form = RosterButton(button.game_id, "placeholder", slot_id=button.slot_id)
    return name_form("", custom_id=form.custom_id)


def submit_name(interaction: Interaction, button: RosterButton) -> Message:
    return add_name(interaction, button.game_id, slot_id=button.slot_id)


def add_name(
    interaction: Interaction, game_id: int, *, slot_id: int, kept: Pending | None = None
) -> Message:
    """Add a placeholder and show the panel. A refused name is kept for another try."""
    host = member_of(interaction)
    get_game_to_edit(host, game_id)
    name = interaction.text("name")
    try:
        roster.add_placeholder(
            game_id=game_id,
            member=host,
            name=name,
            via=Via.BOT,
            slot_id=slot_id or None,
            request_key=interaction.request_key,
        )
    except NotAllowed:
        raise
    except Refused as refused:
        return _keep_name(host, game_id, slot_id, name, refused, kept)
    return messages.panel(get_snapshot(game_id), slot_id=slot_id, said=messages.added(name))


def _keep_name(
    host: Member, game_id: int, slot_id: int, name: str, refused: Refused, kept: Pending | None
) -> Message:
    values = {"name": name, "slot_id": slot_id}
    kept = save_pending(
        member=host,
        about=pending.NAME,
        game_id=game_id,
        values=values,
        pending_id=None if kept is None else kept.id,
    )
    return messages.name_refused(str(refusal(refused)["content"]), pending_id=kept.id)


def _changed(
    button: RosterButton, participant_id: int, name: str, change: Callable[[], Game]
) -> Message:
    try:
        change()
    except NotAllowed:
        raise
    except Refused as refused:
        said = refused.message
    else:
        said = ""
    snapshot = get_snapshot(button.game_id)
    if not said:
        said = _outcome(snapshot, button, participant_id, name)
    return _panel(snapshot, button, participant_id, said)


def _outcome(snapshot: GameSnapshot, button: RosterButton, participant_id: int, name: str) -> str:
    if button.action == "remove":
        return messages.removed(name)
    if button.action == "add":
        return messages.added(name)
    for waits, people in ((False, snapshot.playing), (True, snapshot.waiting)):
        ids = [person.participant_id for person in people]
        if participant_id in ids:
            return messages.moved(name, ids.index(participant_id) + 1, waits=waits)
    return ""


def _panel(snapshot: GameSnapshot, button: RosterButton, participant_id: int, said: str) -> Message:
    return messages.panel(
        snapshot,
        page=button.page,
        participant_id=participant_id,
        slot_id=button.slot_id,
        said=said,
    )


def _name(snapshot: GameSnapshot, participant_id: int) -> str:
    people = {person.participant_id: person.name for person in messages.everyone(snapshot)}
    return people.get(participant_id, "")


def _chosen_id(interaction: Interaction) -> int:
    return next(iter(interaction.chosen_ids), 0)


_CHANGES: dict[str, Callable[..., Game]] = {
    "up": partial(roster.move_player, by=-1),
    "down": partial(roster.move_player, by=1),
    "promote": roster.promote_player,
    "remove": roster.remove_player,
}

ROSTER = Command(
    name="roster",
    description=gettext_lazy("Who plays and who waits in a game of yours: add, move, remove"),
    run=reply(show_roster),
    options=(EDITABLE_GAME,),
)
BUTTONS = (
    on(RosterButton, "person", run=update(choose_person)),
    on(RosterButton, "up", "down", "promote", "remove", run=update(act)),
    on(RosterButton, "add", run=update(add_member)),
    on(RosterButton, "placeholder", run=modal(open_name_form)),
    on(RosterButton, "seat", run=update(choose_slot)),
    on(RosterButton, "turn0", "turn1", run=update(turn_page)),
)
FORMS = (on(RosterButton, "placeholder", run=update(submit_name)),)
