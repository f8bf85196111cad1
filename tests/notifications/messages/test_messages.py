"""Messages keep Discord's limits and ping nobody, whatever people wrote."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.enums import Decision, SignupMethod, Status
from games.snapshots import GameSnapshot, PersonSnapshot, SlotSnapshot
from guilds.enums import Permission
from notifications.enums import Target
from notifications.kinds import KINDS, Context
from notifications.kinds.channel_trouble import ChannelTrouble
from notifications.kinds.reminder import CHUNK, Reminder
from notifications.messages import custom_ids, limits
from notifications.messages.announcement import render
from notifications.messages.markdown import escape_block, escape_line, plain_line
from sandbox.validation.messages import check_message
from tests.openapi.description import get_operation
from when import length_in_words

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEND = get_operation("POST /channels/{channel_id}/messages")
EDIT = get_operation("PATCH /channels/{channel_id}/messages/{message_id}")

PIECES = [
    "@everyone", "@here", "<@123456789012345678>", "<@&123456789012345678>", "<#12345>",
    "<t:1700000000:R>", "</create:123>", "<:pog:123>", "<a:pog:123>", "||spoiler||", "**b**",
    "__u__", "~~s~~", "`c`", "```\ncode\n```", "[x](https://evil.example)", "\n# big", "\n-# small",
    "\n- list", "\n> quote", "\n>>> all", "\n1. one", "\\", "\\\\", "\u202egpj", "\u200b",
    "a\u0300" * 9,
    "👩‍👩‍👧‍👦", "🎲" * 20, "https://example.com/a_b_c?d=e*f", "http://x/@everyone",
    "{0.__class__}", "%s",
    "{{7*7}}", "<script>", "x" * 300, "_" * 200, "\x00", "ß", "字" * 50, " ", "\n\n\n\n",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=12).map("".join)


def person(number: int, name: str = "Ada", slot_id: int | None = None) -> PersonSnapshot:
    return PersonSnapshot(number, name, number, 10**18 + number, slot_id)


def snapshot(**fields: Any) -> GameSnapshot:
    values: dict[str, Any] = {
        "id": 42,
        "guild_id": 1,
        "guild_name": "Tavern",
        "guild_locale": "en-US",
        "channel_id": 2,
        "channel_name": "games",
        "host_user_id": 1,
        "host_discord_id": 10**18,
        "host_name": "Host",
        "host_avatar_url": "https://cdn.example/a.png",
        "title": "Dungeon night",
        "starts_at": NOW + timedelta(hours=5),
        "timezone": "Europe/Berlin",
        "duration_minutes": 180,
        "min_players": None,
        "max_players": 5,
        "reminder_minutes": (60,),
        "signup_method": SignupMethod.SELF,
        "signup_closes_at": None,
        "status": Status.SCHEDULED,
        "post_at": None,
        "revision": 7,
        "schedule_version": 1,
    }
    for name, kind in get_type_hints(GameSnapshot).items():
        empty = () if get_origin(kind) is tuple else {str: "", int: 0, bool: False}.get(kind)
        values.setdefault(name, empty)
    return GameSnapshot(**{**values, **fields})


def check(message: dict[str, Any]) -> None:
    """Check a body by the sandbox's rules, Discord's description and our own count.

    Typed text must ping nobody.
    """
    check_limits(message)
    check_message(message, files=0)
    assert SEND.request_problems(message) == []
    assert EDIT.request_problems(message) == []
    allowed = message["allowed_mentions"]
    assert allowed["parse"] == []


def check_limits(message: dict[str, Any]) -> None:
    assert limits.length(message.get("content", "")) <= limits.CONTENT
    for embed in message.get("embeds", []):
        texts = [embed["title"], embed["description"], embed["footer"]["text"]]
        texts.append(embed["author"]["name"])
        assert limits.length(embed["title"]) <= limits.EMBED_TITLE
        assert limits.length(embed["description"]) <= limits.EMBED_DESCRIPTION
        assert 0 < limits.length(embed["author"]["name"]) <= limits.EMBED_AUTHOR
        assert len(embed["fields"]) <= limits.EMBED_FIELDS
        for field in embed["fields"]:
            assert 0 < limits.length(field["name"]) <= limits.FIELD_NAME
            assert 0 < limits.length(field["value"]) <= limits.FIELD_VALUE
            texts += [field["name"], field["value"]]
        assert sum(map(limits.length, texts)) <= limits.EMBED_TOTAL
    assert len(message.get("components", [])) <= 5
    for row in message.get("components", []):
        for component in row["components"]:
            assert limits.length(component.get("label", "")) <= limits.BUTTON_LABEL
            assert len(component.get("options", [])) <= limits.SELECT_OPTIONS
            for option in component.get("options", []):
                assert 0 < limits.length(option["label"]) <= limits.OPTION_LABEL


ACTIVE = re.compile(
    r"(?<!\\)(?:\\\\)*(?:[*_~`|\[\]]|<(?:[@#:/]|a:|t:|id:))|@(?:everyone|here)"
    r"|^[ \t]*(?:#|-|>|\+|\d+[.)])",
    re.MULTILINE | re.IGNORECASE,
)
ADDRESS = re.compile(r"https?://[A-Za-z0-9.:/?#@!$&'+,;=%_-]+")


@given(texts)
def test_escaped_lines_do_nothing(text: str) -> None:
    line = escape_line(text)
    assert "\n" not in line
    assert not ACTIVE.search(line), (text, line)
    assert "@everyone" not in plain_line(text).lower()


@given(texts)
def test_escaped_blocks_do_nothing(text: str) -> None:
    block = escape_block(text)
    assert not re.search("@everyone|@here", block, re.IGNORECASE)
    assert not ACTIVE.search(ADDRESS.sub("", block)), (text, block)


def test_addresses_can_be_clicked_in_blocks_and_not_in_names() -> None:
    assert escape_block("see https://roll20.net/a_b_c *now*") == (
        r"see https://roll20.net/a_b_c \*now\*"
    )
    assert escape_line("https://evil.example") == r"https\://evil.example"


@given(texts, st.integers(1, 300))
def test_fit_holds_its_limit_and_cuts_no_escape(text: str, limit: int) -> None:
    fitted = limits.fit(text, limit, escape=escape_line)
    assert limits.length(fitted) <= limit
    assert not re.search(r"(?<!\\)(\\\\)*\\…$", fitted)


@given(st.text())
def test_length_counts_as_utf_16_does(text: str) -> None:
    assert limits.length(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(st.lists(texts.filter(lambda text: "\n" not in text), max_size=40), st.integers(20, 300))
def test_lines_that_do_not_fit_are_counted(lines: list[str], limit: int) -> None:
    joined = limits.join_lines(lines, limit)
    assert limits.length(joined) <= limit
    if joined == "\n".join(lines):
        return
    *shown, last = joined.split("\n")
    assert shown == lines[: len(shown)]
    assert last == limits.more(len(lines) - len(shown))
    assert limits.length("\n".join(lines)) > limit


def test_lines_that_do_not_fit_are_not_made() -> None:
    made: list[int] = []

    def line(number: int) -> str:
        made.append(number)
        return "x" * 9

    assert limits.join_first(map(line, range(250)), 250, 50).endswith("\n+246 more")
    assert len(made) == 6


@settings(max_examples=60, deadline=None)
@given(
    text=texts,
    name=texts,
    count=st.sampled_from([1, 5, 40, 100]),
    status=st.sampled_from(list(Status)),
    slots=st.integers(0, 30),
    is_asked=st.booleans(),
)
def test_announcement_holds_every_limit(
    text: str, name: str, count: int, status: Status, slots: int, is_asked: bool
) -> None:
    shown = snapshot(
        title=text[:100],
        description=text * 20,
        location=text[:200],
        cancel_reason=text[:300],
        host_name=name,
        status=status,
        max_players=count,
        rules=text * 10,
        category=name[:50],
        color=0xABCDEF if is_asked else None,
        image_url="https://gamesched.example/images/5/" if is_asked else "",
        min_players=200 if is_asked else 1,
        decision=Decision.ASKED if is_asked else "",
        signup_closes_at=NOW + timedelta(hours=-1 if is_asked else 1),
        notify_role_ids=tuple(10**18 + n for n in range(30)),
        playing=tuple(person(n, name, n % slots if slots else None) for n in range(count)),
        waiting=tuple(person(n, name) for n in range(100)),
        maybe=tuple(person(n, name) for n in range(100)),
        slots=tuple(SlotSnapshot(n, name[:40], "🛡", 3, 3) for n in range(slots)),
    )
    check(render(shown, now=NOW))


@settings(max_examples=40, deadline=None)
@given(text=texts, name=st.sampled_from(sorted(KINDS.keys() - {"reminder"})))
def test_notices_hold_every_limit(text: str, name: str) -> None:
    shown = snapshot(
        title=text[:100], guild_name=text[:100], cancel_reason=text[:300], location=text[:200]
    )
    payload = {
        "starts_at": NOW.isoformat(),
        "names": [text] * 100,
        "missing": 1 << 14,
        "is_role_lost": len(text) % 2,
    }
    check(KINDS[name].message(Context(shown, payload, delivery_id=1)))
    told = KINDS[name].message(Context(shown, {**payload, "mention": 5}, delivery_id=1))
    check(told)
    assert told["allowed_mentions"] == {"parse": [], "users": ["5"]}
    check(Reminder().message(Context(shown, delivery_id=1)))
    players = tuple(PersonSnapshot(n, "", n, 2**63 - n) for n in range(1, CHUNK + 1))
    crowded = replace(shown, playing=players)
    reminder = Reminder().message(Context(crowded, delivery_id=1, target=Target.CHANNEL))
    check(reminder)
    assert len(reminder["allowed_mentions"]["users"]) == CHUNK


def labels(message: dict[str, Any]) -> list[tuple[str, bool]]:
    return [
        (c.get("label", "select"), c.get("disabled", False))
        for row in message["components"]
        for c in row["components"]
    ]


def test_buttons_follow_the_game() -> None:
    assert labels(render(snapshot(), now=NOW)) == [
        ("Join", False),
        ("Maybe", False),
        ("Can't go", False),
        ("Details", False),
    ]
    full = snapshot(max_players=1, playing=(person(1),))
    assert labels(render(full, now=NOW))[0] == ("Join waitlist", False)
    closed = snapshot(signup_closes_at=NOW)
    assert labels(render(closed, now=NOW))[:3] == [
        ("Join", True),
        ("Maybe", True),
        ("Can't go", False),
    ]
    picked = snapshot(signup_method=SignupMethod.HOST_SELECTED)
    assert labels(render(picked, now=NOW))[0] == ("Join", True)
    running = snapshot(status=Status.IN_PROGRESS)
    assert labels(render(running, now=NOW))[0] == ("Join", True)
    over = snapshot(status=Status.COMPLETED)
    assert labels(render(over, now=NOW)) == [("Details", False)]
    slots = (SlotSnapshot(9, "Tank", "🛡", 2, 1),)
    message = render(snapshot(slots=slots), now=NOW)
    (select,) = message["components"][0]["components"]
    assert select["custom_id"] == "g:42:slot"
    assert select["options"][0]["value"] == "9"


def fields_of(message: dict[str, Any]) -> dict[str, str]:
    return {field["name"]: field["value"] for field in message["embeds"][0]["fields"]}


def test_announcement_shows_all_that_a_player_wants_to_know() -> None:
    shown = snapshot(
        color=0x123456,
        image_url="https://gamesched.example/images/5/",
        category="Pathfinder",
        rules="Be kind.",
        min_players=3,
        signup_closes_at=NOW + timedelta(hours=1),
        playing=(person(1),),
    )
    message = render(shown, now=NOW)
    (embed,) = message["embeds"]
    assert (embed["color"], embed["image"]["url"]) == (0x123456, shown.image_url)
    assert embed["author"]["icon_url"] == shown.host_avatar_url
    assert embed["footer"]["text"] == "Pathfinder · Scheduled · r7"
    fields = fields_of(message)
    assert "/g/1/games/42/calendar.ics)" in fields["When"]
    assert fields["Minimum players"] == "3, 2 more needed"
    assert fields["Sign-up closes"].startswith("<t:")
    assert fields["Rules"] == "Be kind."
    assert "Too few players" not in fields

    later = render(shown, now=NOW + timedelta(hours=2))
    assert "Sign-up closed" in fields_of(later)
    asked = render(snapshot(min_players=3, decision=Decision.ASKED), now=NOW)
    assert "Too few players" in fields_of(asked)


def test_how_a_game_ended_is_seen_at_once() -> None:
    over = {"color": 0x123456, "min_players": 3, "signup_closes_at": NOW}
    cancelled = render(snapshot(status=Status.CANCELLED, **over), now=NOW)
    archived = render(snapshot(status=Status.ARCHIVED, cancelled_at=NOW, **over), now=NOW)
    for message in (cancelled, archived):
        (embed,) = message["embeds"]
        assert embed["title"] == "Cancelled: Dungeon night"
        assert embed["color"] != 0x123456
        assert fields_of(message).keys() == {"When", "Duration", "Players (0/5)"}
        assert "calendar.ics" not in fields_of(message)["When"]


@pytest.mark.parametrize(
    ("taken", "most", "text"),
    [(1, 5, "2 of 3 free"), (3, 5, "Full · join the waitlist"), (1, 1, "Full · join the waitlist")],
)
def test_slots_say_how_many_seats_are_open(taken: int, most: int, text: str) -> None:
    slots = (SlotSnapshot(9, "Tank", "🛡", 3, taken),)
    shown = snapshot(slots=slots, max_players=most, playing=(person(1, slot_id=9),))
    (select,) = render(shown, now=NOW)["components"][0]["components"]
    assert select["options"][0]["description"] == text


def test_trouble_in_a_channel_names_what_is_missing() -> None:
    lacking = int(Permission.SEND_MESSAGES | Permission.EMBED_LINKS)
    payload = {"channel_id": 77, "missing": lacking}
    text = ChannelTrouble().text(Context(snapshot(), payload))
    assert "Send Messages, Embed Links" in text
    assert "<#77>" in text
    gone = ChannelTrouble().text(Context(snapshot(), {"is_gone": True}))
    assert "is gone" in gone


@pytest.mark.parametrize("count", [1, 5, 40, 100])
def test_rosters_are_numbered_and_cut_with_the_rest_counted(count: int) -> None:
    shown = snapshot(
        max_players=count, playing=tuple(person(n, f"Player number {n}") for n in range(count))
    )
    fields = render(shown, now=NOW)["embeds"][0]["fields"]
    (players,) = [f for f in fields if f["name"] == f"Players ({count}/{count})"]
    lines = players["value"].split("\n")
    assert lines[0] == "1. Player number 0"
    if count == 100:
        left_out = re.fullmatch(r"\+(\d+) more", lines[-1])
        assert left_out
        assert len(lines) - 1 + int(left_out[1]) == 100


def test_texts_are_in_the_server_s_language_or_the_site_s() -> None:
    for locale in ("en-US", "pt-BR", "xx", ""):
        assert render(snapshot(guild_locale=locale), now=NOW)["embeds"]


def test_everyone_is_pinged_by_the_first_post_alone_and_only_when_chosen() -> None:
    shown = snapshot(notify_role_ids=(1, 77))
    assert render(shown, now=NOW, ping=True)["allowed_mentions"] == {
        "parse": ["everyone"],
        "roles": ["77"],
    }
    assert render(shown, now=NOW)["allowed_mentions"] == {"parse": []}


def test_role_chosen_twice_is_named_and_pinged_once() -> None:
    message = render(snapshot(notify_role_ids=(77, 88, 77)), now=NOW, ping=True)
    assert message["content"] == "<@&77> <@&88>"
    assert message["allowed_mentions"] == {"parse": [], "roles": ["77", "88"]}
    assert SEND.request_problems(message) == []


@pytest.mark.parametrize(
    ("minutes", "text"), [(45, "45 min"), (180, "3 h"), (1530, "1 day 1 h 30 min")]
)
def test_durations_in_words(minutes: int, text: str) -> None:
    assert length_in_words(minutes) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("g:5:join", custom_ids.GameButton(5, "join")),
        ("draft:5:post", custom_ids.DraftButton(5, "post")),
        ("list:channel:2", custom_ids.ListButton("channel", 2)),
        ("g:0:join", None),
        ("g:-1:join", None),
        ("g:५:join", None),
        ("g:9999999999999999999:join", None),
        ("g:5:explode", None),
        ("g:5:join\n", None),
        ("x" * 100, None),
        ("", None),
    ],
)
def test_only_our_own_ids_are_understood(text: str, found: object) -> None:
    assert custom_ids.parse(text) == found
