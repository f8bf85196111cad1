"""Replies to interactions are valid for Discord, whatever people typed."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from games.services.game_edit import WouldDemote
from games.services.roster.signup import Signup
from games.snapshots import GameSnapshot, SlotSnapshot
from games.typed.edit import TypedEdit
from games.typed.game import TypedGame
from guilds.enums import Permission
from guilds.errors import Refused
from guilds.typed_values import SeveralReadings
from notifications.messages import configuration, edits, forms, lists, previews, replies, roster
from notifications.messages.configuration import Shown
from notifications.messages.help_text import help_text
from notifications.messages.wording import pinging
from sandbox.validation.components import check_modal
from sandbox.validation.messages import check_message
from tests.notifications.messages.test_messages import NOW, person, snapshot, texts
from tests.openapi.description import get_operation
from when import Note, Reading, Reason, search_zones, zone_names

ANSWER = get_operation("POST /interactions/{interaction_id}/{interaction_token}/callback")
CHANGE = get_operation("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original")
FOLLOW_UP = get_operation("POST /webhooks/{webhook_id}/{webhook_token}")
REPLY, UPDATE, MODAL = 4, 7, 9
LARGEST = 2**63 - 1
DRAFT = previews.Shown(
    LARGEST,
    LARGEST,
    LARGEST,
    zones=search_zones("", now=NOW),
    zone_for_server=max(zone_names(), key=len),
)
READINGS = (NOW + timedelta(hours=1), NOW + timedelta(hours=13))


def check(message: dict[str, Any]) -> None:
    """Check the reply in each way the bot may send it, with the fields that are added."""
    message = {**message, "allowed_mentions": pinging()}
    hidden = {**message, "flags": 64}
    check_message(dict(hidden), files=0, interaction=True)
    assert ANSWER.request_problems({"type": REPLY, "data": hidden}) == []
    assert ANSWER.request_problems({"type": UPDATE, "data": message}) == []
    assert CHANGE.request_problems(message) == []
    assert FOLLOW_UP.request_problems(hidden) == []


def check_form(modal: dict[str, Any]) -> None:
    check_modal(modal)
    assert ANSWER.request_problems({"type": MODAL, "data": modal}) == []


def crowded(text: str, *, count: int, slots: int) -> GameSnapshot:
    """Return a game with the largest size and the worst names possible."""
    return snapshot(
        id=LARGEST,
        title=text[:100] or "?",
        guild_name=text[:100],
        host_name=text,
        description=text * 20,
        location=text[:200],
        max_players=count,
        reminder_minutes=(60, 600, 43200),
        playing=tuple(
            person(LARGEST - n, text, n % slots if slots else None) for n in range(count)
        ),
        waiting=tuple(person(10**6 + n, text) for n in range(count)),
        maybe=tuple(person(10**7 + n, text) for n in range(count)),
        slots=tuple(SlotSnapshot(n + 1, text[:40] or "?", "🛡", 3, 3) for n in range(slots)),
    )


games = st.builds(
    crowded, texts, count=st.sampled_from([1, 5, 40, 100]), slots=st.sampled_from([0, 1, 30])
)


@settings(max_examples=20, deadline=None)
@given(game=games, text=texts, note=st.sampled_from([None, *Note]))
def test_previews_and_their_refusals(game: GameSnapshot, text: str, note: Note | None) -> None:
    reading = Reading(READINGS[0], game.timezone, Reason.OK, alternatives=READINGS[1:], note=note)
    check(previews.preview(game, DRAFT, now=NOW, reading=reading))
    for refused in refusals(text):
        check(previews.to_be_put_right(refused, DRAFT))


@settings(max_examples=20, deadline=None)
@given(game=games, text=texts)
def test_edits_and_what_is_asked_back(game: GameSnapshot, text: str) -> None:
    before = {
        "title": text,
        "starts_at": NOW.isoformat(),
        "duration_minutes": 90,
        "max_players": 3,
        "description": text * 9,
    }
    check(edits.edited(game, before))
    check(edits.edited(game, {}))
    for refused in refusals(text):
        check(edits.to_be_put_right(refused, game, pending_id=LARGEST))
    check(edits.changed_meanwhile(Refused(text or "?"), game, before, pending_id=LARGEST))
    check(edits.confirm_cancel(game, text, pending_id=LARGEST))


@settings(max_examples=20, deadline=None)
@given(game=games, text=texts, page=st.integers(0, 12), chosen=st.booleans(), slot=st.booleans())
def test_roster_panel(game: GameSnapshot, text: str, page: int, chosen: bool, slot: bool) -> None:
    check(
        roster.panel(
            game,
            page=page,
            participant_id=game.playing[0].participant_id if chosen else 0,
            slot_id=game.slots[0].id if slot and game.slots else 0,
            said=roster.moved(text, 5, waits=True),
        )
    )
    check(roster.name_refused(text or "?", pending_id=LARGEST))


@settings(max_examples=20, deadline=None)
@given(game=games, text=texts, count=st.integers(0, 10), page=st.integers(0, 3))
def test_lists(game: GameSnapshot, text: str, count: int, page: int) -> None:
    listed = [game] * count
    total = page * lists.PAGE_SIZE + count
    check(
        lists.game_list(
            listed, heading=text or "?", scope=f"c.{LARGEST}", page=page, total=total,
            show_channel=True,
        )
    )  # fmt: skip
    check(lists.my_games(listed, listed, user_id=1, hosting_total=30, joined_total=count))


@settings(max_examples=20, deadline=None)
@given(text=texts)
def test_forms_keep_what_was_typed(text: str) -> None:
    typed = TypedGame(1, text[:100], text[:80], text[:80], "100", description=text[:2000])
    check_form(previews.form(typed, draft_id=LARGEST))
    check_form(previews.more_form(typed, draft_id=LARGEST))
    check_form(previews.zone_form(draft_id=LARGEST))
    check(previews.which_zone(text[:80], DRAFT))
    edit = TypedEdit(text[:100], text[:80], text[:80], "100", text[:2000])
    check_form(forms.game_form(edit, custom_id="ask:1:edit", is_new=False))
    check_form(forms.name_form(text[:100], custom_id="ask:1:name"))


@settings(max_examples=20, deadline=None)
@given(text=texts, is_saved=st.booleans())
def test_settings(text: str, is_saved: bool) -> None:
    shown = [Shown(f"Setting {n}", configuration.quoted(text), "guild") for n in range(9)]
    roles = [LARGEST - n for n in range(30)]
    check(
        configuration.guild_settings(
            shown,
            guild_name=text,
            manager_role_ids=roles,
            host_role_ids=[],
            is_saved=is_saved,
        )
    )
    missing = Permission.VIEW_CHANNEL | Permission.EMBED_LINKS
    check(
        configuration.channel_settings(shown, channel_name=text, missing=missing, is_saved=is_saved)
    )
    check(configuration.personal_settings(shown, is_saved=is_saved))


@settings(max_examples=15, deadline=None)
@given(text=texts)
def test_replies(text: str) -> None:
    for standing in ("playing", "waiting", "maybe", "declined"):
        check(replies.signup(Signup(1, 1, standing, 1, 5, is_changed=True)))
    check(replies.posted(guild_id=LARGEST, game_id=LARGEST, channel_id=LARGEST))
    check(replies.cancelled(title=text))
    for message in (replies.discarded, replies.outdated, replies.busy, replies.press_again,
                    replies.database_down, replies.unexpected, help_text):  # fmt: skip
        check(message())


def refusals(text: str) -> list[Refused]:
    return [
        Refused(text or "?", field="when"),
        SeveralReadings("Which?", alternatives=READINGS, zone="Europe/Berlin"),
        WouldDemote(count=7),
    ]
