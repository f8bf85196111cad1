"""Messages are entirely in the reader's language, and fit Discord's limits in each."""

import gettext
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override, trans_real

from games.enums import Decision, SignupMethod, Status
from games.services.game_edit import WouldDemote
from games.services.roster.signup import Signup
from games.snapshots import GameSnapshot, SlotSnapshot
from games.typed.edit import TypedEdit
from games.typed.game import TypedGame
from guilds.enums import ALL_PERMISSIONS
from guilds.errors import Refused
from guilds.languages import DISCORD_CODES
from guilds.typed_values import SeveralReadings
from notifications.enums import Target
from notifications.kinds import KINDS, Context
from notifications.messages import configuration, edits, forms, lists, previews, replies, roster
from notifications.messages.announcement import render
from notifications.messages.configuration import Shown
from notifications.messages.help_text import help_text
from notifications.messages.wording import Message
from sandbox.validation.messages import check_message
from tests.notifications.messages.test_messages import NOW, person, snapshot
from tests.notifications.messages.test_replies import check_form
from when import Note, Reading, Reason

# People's own text is Greek, so every other word comes from the catalogue.
GREEK = "Σπήλαιο του δράκου"
WAITING = 10**18 + 3
READINGS = (NOW + timedelta(hours=1), NOW + timedelta(hours=13))
NAMES = {codes[0]: language for language, codes in DISCORD_CODES.items()}
DRAFT = previews.Shown(1, 1, zones=("UTC",), zone_for_server="UTC")
TOLD = ("content", "title", "description", "label", "placeholder", "name", "text")


def game(locale: str, **fields: Any) -> GameSnapshot:
    values: dict[str, Any] = {
        "guild_locale": locale,
        "guild_name": GREEK,
        "channel_name": GREEK,
        "host_name": GREEK,
        "title": GREEK,
        "description": GREEK,
        "location": GREEK,
        "rules": GREEK,
        "category": GREEK,
        "cancel_reason": GREEK,
        "min_players": 4,
        "max_players": 3,
        "duration_minutes": 1530,
        "reminder_minutes": (60, 10_000),
        "signup_closes_at": NOW + timedelta(hours=1),
        "playing": (person(1, GREEK, 7), person(2, GREEK)),
        "waiting": (person(3, GREEK),),
        "maybe": tuple(person(n, GREEK) for n in range(10, 90)),
    }
    return snapshot(**values | fields)


def games(locale: str) -> Iterator[GameSnapshot]:
    yield game(locale)
    yield game(locale, playing=(), waiting=(), maybe=(), location="", rules="")
    yield game(locale, signup_method=SignupMethod.HOST_SELECTED_WAITLIST, decision=Decision.ASKED)
    slots = (SlotSnapshot(7, GREEK, "🛡", 1, 1), SlotSnapshot(8, GREEK, "🗡", 2, 0))
    yield game(locale, slots=slots, signup_closes_at=NOW)
    for status in Status:
        yield game(locale, status=status, cancelled_at=NOW if status == "cancelled" else None)


def posts(locale: str) -> Iterator[Message]:
    """Return the messages that are sent unprompted."""
    payloads: tuple[dict[str, Any], ...] = (
        {},
        {
            "starts_at": NOW.isoformat(),
            "is_role_lost": True,
            "names": [GREEK],
            "missing": int(ALL_PERMISSIONS),
            "reason": GREEK,
        },
        {"is_gone": True},
    )
    for one in games(locale):
        yield render(one, now=NOW)
        for kind in KINDS.values():
            for payload in payloads:
                for target_id in (WAITING, 5):
                    yield kind.message(Context(one, payload, target_id=target_id))
                mentioning = {**payload, "mention": WAITING}
                yield kind.message(Context(one, mentioning, target=Target.CHANNEL))
        yield KINDS["reminder"].message(Context(one, target=Target.CHANNEL))


def answers(locale: str) -> Iterator[Message]:
    """Return the replies to one person."""
    for one in games(locale):
        yield from about(one)
    yield previews.which_zone(GREEK, DRAFT)
    for refused in refusals():
        yield replies.refusal(refused)
        yield previews.to_be_put_right(refused, DRAFT)
        yield edits.to_be_put_right(refused, one, pending_id=1)
    for standing in ("playing", "waiting", "maybe", "declined"):
        yield replies.signup(Signup(1, 1, standing, 1, 5, is_changed=True))
    yield replies.posted(guild_id=1, game_id=1, channel_id=1)
    yield replies.cancelled(title=GREEK)
    yield replies.reposted(channel_id=1)
    yield replies.line(replies.missing_permissions(ALL_PERMISSIONS, channel_id=1))
    yield lists.game_list([], heading=GREEK, scope="c.1", page=0, total=0, show_channel=True)
    yield lists.my_games([], [], user_id=1, hosting_total=0, joined_total=0)
    yield roster.name_refused(GREEK, pending_id=1)
    for simple in (replies.discarded, replies.outdated, replies.busy, replies.press_again,
                   replies.database_down, replies.unexpected, edits.kept, help_text):  # fmt: skip
        yield simple()
    shown = [Shown(GREEK, configuration.reminders(minutes), "guild") for minutes in ([], [90])]
    shown += [Shown(GREEK, configuration.yes_or_no(is_so), "here") for is_so in (True, False)]
    shown.append(Shown(GREEK, GREEK, "default"))
    for saved in (True, False):
        yield configuration.guild_settings(
            shown, guild_name=GREEK, manager_role_ids=[1], host_role_ids=[], is_saved=saved
        )
        yield configuration.channel_settings(
            shown, channel_name=GREEK, missing=ALL_PERMISSIONS, is_saved=saved
        )
        yield configuration.personal_settings(shown, is_saved=saved)


def about(one: GameSnapshot) -> Iterator[Message]:
    for note in Note:
        reading = Reading(READINGS[0], "UTC", Reason.OK, alternatives=READINGS[1:], note=note)
        yield previews.preview(one, DRAFT, now=NOW, reading=reading)
    before = {"title": GREEK, "starts_at": NOW.isoformat(), "duration_minutes": 90}
    yield edits.edited(one, before | {"max_players": 3, "description": GREEK})
    yield edits.edited(one, {})
    yield edits.changed_meanwhile(Refused(GREEK), one, before, pending_id=1)
    yield edits.confirm_cancel(one, GREEK, pending_id=1)
    for waits in (True, False):
        yield roster.panel(one, said=roster.moved(GREEK, 5, waits=waits))
    yield roster.panel(one, said=roster.added(GREEK), participant_id=3)
    yield roster.panel(one, said=roster.removed(GREEK), page=2)
    yield lists.game_list(
        [one] * 10, heading=GREEK, scope="c.1", page=1, total=31, show_channel=True
    )
    yield lists.my_games([one], [one], user_id=2, hosting_total=5, joined_total=2)
    waiting = replace(one, waiting=(person(5, GREEK),))
    yield lists.my_games([], [waiting], user_id=5, hosting_total=0, joined_total=1)


def refusals() -> list[Refused]:
    names = replies.field_names()
    return [
        *(Refused(GREEK, field=name) for name in names),
        SeveralReadings(GREEK, alternatives=READINGS, zone="UTC"),
        WouldDemote(count=7),
    ]


def modals() -> Iterator[Message]:
    typed = TypedGame(1, GREEK, GREEK, GREEK, "100", description=GREEK)
    yield previews.form(typed, draft_id=1)
    yield previews.more_form(typed, draft_id=1)
    yield previews.zone_form(draft_id=1)
    edit = TypedEdit(GREEK, GREEK, GREEK, "100", GREEK)
    yield forms.game_form(edit, custom_id="ask:1:edit", is_new=False)
    yield forms.name_form(GREEK, custom_id="ask:1:name")


@pytest.mark.parametrize(("locale", "language"), NAMES.items())
def test_messages_fit_in_every_language(locale: str, language: str) -> None:
    with override(language):
        for message in posts(locale):
            check_message(dict(message), files=0)
        for message in answers(locale):
            check_message({**message, "flags": 64}, files=0, interaction=True)
        for modal in modals():
            check_form(modal)


class Marked(gettext.NullTranslations):
    """A language that translates each sentence to itself, between marks."""

    def gettext(self, message: str) -> str:
        return f"⟦{message.rpartition('\x04')[2]}⟧"

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)

    def to_language(self) -> str:
        return "de"

    def language(self) -> str:
        return "de"


def told(value: Any) -> Iterator[str]:
    """Return all readable text of a message."""
    if isinstance(value, list):
        for part in value:
            yield from told(part)
    if isinstance(value, dict):
        for key, part in value.items():
            is_value_of_field = key == "value" and "inline" in value
            if isinstance(part, str) and (key in TOLD or is_value_of_field):
                yield part
            yield from told(part)


def outside(text: str) -> str:
    """Return a text without its translated parts, addresses, mentions and zones."""
    while "⟦" in text:
        text, count = re.subn(r"⟦[^⟦⟧]*⟧", "", text)
        assert count, text
    text = re.sub(r"https?\S+|<[^>]*>|Europe/Berlin|UTC|Gamesched|· r\d+", "", text)
    return " ".join(re.findall(r"[A-Za-z]{2,}", text))


def test_no_word_is_outside_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(trans_real)["_translations"], "de", Marked())
    with override("de"):
        texts = {
            text
            for messages in (posts("de"), answers("de"), modals())
            for message in messages
            for text in told(message)
        }
    assert len(texts) > 150
    assert {text: outside(text) for text in texts if outside(text)} == {}
