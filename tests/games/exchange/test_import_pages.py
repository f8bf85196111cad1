"""The two steps of an import: look, then make, which happens once."""

import random
import re
import string
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from games.enums import Via
from games.exchange.import_plan import read_plan
from games.models import Game, Template
from games.services.imports import make_games
from games.services.series.sessions import make_next
from guilds.models import Channel, Guild, Member, User
from tests.duration import within
from tests.factories import make_channel, make_game, make_guild
from tests.games.forms.form_data import make_place
from tests.games.forms.test_access import owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel() -> Channel:
    Guild.objects.update(timezone="Europe/Berlin")
    guild, channel, _member = make_place()
    Guild.objects.filter(id=guild.id).update(timezone="Europe/Berlin")
    return channel


@pytest.fixture
def manager(client: Client, channel: Channel) -> Member:
    manager = owner_of(Guild.objects.get(id=channel.guild_id))
    client.force_login(manager.user)
    return manager


def day(number: int) -> str:
    """Return the date so many days from now."""
    return f"{timezone.now() + timedelta(days=number):%Y-%m-%d}"


def table(*rows: str, columns: str = "title,starts_at") -> bytes:
    return "\n".join([columns, *rows]).encode()


def look(client: Client, channel: Channel, data: bytes, /, **fields: Any) -> Any:
    sent = {
        "file": SimpleUploadedFile("games.csv", data),
        "channel": str(channel.id),
        "zone": "Europe/Berlin",
        "announce": "",
        **fields,
    }
    return client.post(reverse("games-import", args=[channel.guild_id]), sent)


def plan_in(response: Any) -> str:
    found = re.search(r'name="plan" value="([^"]*)"', response.content.decode())
    assert found, response.content.decode()
    return found[1]


def make(client: Client, channel: Channel, plan: str) -> Any:
    return client.post(
        reverse("games-import-make", args=[channel.guild_id]), {"plan": plan}, follow=True
    )


def test_looking_makes_nothing_and_confirming_makes_what_was_shown(
    client: Client, channel: Channel, manager: Member
) -> None:
    other = make_channel(channel.guild, "chess")
    data = table(
        f"Dungeon night,{day(20)} 19:00,,4,weekly",
        f"Chess,{day(3)} 20:00,#Chess,2,",
        "Past,2020-01-01 19:00,,,",
        f"Nowhere,{day(3)} 20:00,gone,,",
        f"Crowd,{day(3)} 20:00,,5000,",
        columns="title,starts_at,channel,max_players,repeat",
    )
    shown = look(client, channel, data, announce="7")
    assert shown.status_code == 200
    page = shown.content.decode()
    assert Game.objects.count() == 0
    assert "2 games would be created." in page and "3 lines are skipped" in page
    assert "Line 3" not in page and escape("That channel is not one of this server's.") in page
    assert "A game has 1 to 100 players." in page

    made = make(client, channel, plan_in(shown))
    assert "2 games were created." in made.content.decode()
    chess, dungeon = Game.objects.order_by("starts_at")
    assert (dungeon.title, dungeon.max_players, dungeon.channel_id) == (
        "Dungeon night", 4, channel.id,
    )  # fmt: skip
    assert dungeon.timezone == "Europe/Berlin" and dungeon.series is not None
    assert dungeon.post_at == dungeon.starts_at - timedelta(days=7)
    assert (chess.title, chess.channel_id, chess.post_at) == ("Chess", other.id, None)
    assert {chess.host, dungeon.host} == {manager.user}


def test_confirming_twice_makes_the_games_once(
    client: Client, channel: Channel, manager: Member
) -> None:
    data = table(*(f"Game {number},{day(number + 2)} 19:00" for number in range(5)))
    plan = plan_in(look(client, channel, data))
    make(client, channel, plan)
    again = make(client, channel, plan)
    assert "5 games were created." in again.content.decode()
    assert Game.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_confirming_in_two_windows_at_once_makes_the_games_once() -> None:
    guild, channel, _member = make_place()
    manager, client = owner_of(guild), Client()
    client.force_login(manager.user)
    data = table(*(f"Game {number},{day(number + 2)} 19:00" for number in range(8)))
    import_id, games = read_plan(manager, plan_in(look(client, channel, data)))
    counts = []

    def confirm() -> None:
        made = make_games(member=manager, games=games, import_id=import_id, via=Via.WEB)
        counts.append((len(made.games), made.refused))
        connection.close()

    threads = [threading.Thread(target=confirm) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [(8, [])] * 4
    assert Game.objects.filter(guild=guild).count() == 8


def test_what_is_there_already_is_left_out(
    client: Client, channel: Channel, manager: Member
) -> None:
    line = f"Chess,{day(3)} 20:00"
    data = table(line, line)
    shown = look(client, channel, data)
    assert "1 game would be created." in shown.content.decode()
    make(client, channel, plan_in(shown))
    shown = look(client, channel, data)
    assert "No game would be created." in shown.content.decode()
    assert shown.content.decode().count("That game is there already.") == 2
    assert Game.objects.count() == 1


def test_a_plan_is_for_one_person_on_one_server_and_for_an_hour(
    client: Client, channel: Channel, manager: Member, time_machine: Any
) -> None:
    shown = look(client, channel, table(f"Chess,{day(3)} 20:00"))
    plan = plan_in(shown)
    other = make_place()[1]
    foreigner = Client()
    foreigner.force_login(owner_of(other.guild).user)
    for who, where, text in [
        (foreigner, other, plan), (client, channel, plan[:-3] + "abc"), (client, channel, ""),
        (client, channel, "\0"), (client, channel, plan * 3),
    ]:  # fmt: skip
        answer = make(who, where, text)
        assert "Please choose the file again." in answer.content.decode()
    time_machine.move_to(timezone.now() + timedelta(hours=1, minutes=1))
    Member.objects.update(refreshed_at=timezone.now())
    assert "check it again" in make(client, channel, plan).content.decode()
    assert Game.objects.count() == 0


def test_a_plan_that_is_refused_stays_and_is_made_once(
    client: Client, channel: Channel, manager: Member, time_machine: Any
) -> None:
    """Nothing has to be chosen again, whether the plan expired or writing is off for now."""
    gone = make_channel(channel.guild, "gone")
    rows = (f"One,{day(3)} 20:00,gone", f"Two,{day(3)} 20:00,games")
    plan = plan_in(look(client, channel, table(*rows, columns="title,starts_at,channel")))
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    Member.objects.update(refreshed_at=timezone.now())
    Channel.objects.filter(id=gone.id).update(deleted_at=timezone.now())

    late = make(client, channel, plan)
    assert late.status_code == 422
    page = late.content.decode()
    assert "The preview is more than an hour old." in page
    assert "1 game would be created." in page and "1 line is skipped" in page
    assert "That channel was deleted on Discord." in page

    Guild.objects.filter(id=channel.guild_id).update(left_at=timezone.now())
    away = make(client, channel, plan_in(late))
    assert "not on this server any more" in away.content.decode()
    Guild.objects.filter(id=channel.guild_id).update(left_at=None)
    Channel.objects.filter(id=gone.id).update(deleted_at=None)
    assert "2 games were created." in make(client, channel, plan_in(away)).content.decode()
    assert "2 games were created." in make(client, channel, plan_in(late)).content.decode()
    assert Game.objects.count() == 2


def test_what_became_impossible_meanwhile_is_told_and_the_rest_made(
    client: Client, channel: Channel, manager: Member
) -> None:
    gone = make_channel(channel.guild, "gone")
    data = table(
        f"One,{day(3)} 20:00,gone", f"Two,{day(3)} 20:00,games", columns="title,starts_at,channel"
    )
    plan = plan_in(look(client, channel, data))
    Channel.objects.filter(id=gone.id).update(deleted_at=timezone.now())
    page = make(client, channel, plan).content.decode()
    assert "1 game was created." in page
    assert "Line 2: That channel was deleted on Discord." in page
    assert [game.title for game in Game.objects.all()] == ["Two"]


def test_templates_that_lock_what_a_line_says_refuse_it(
    client: Client, channel: Channel, manager: Member
) -> None:
    Template.objects.create(
        guild=channel.guild, name="Duel", is_default=True, max_players=2,
        locked_fields=["max_players"],
    )  # fmt: skip
    columns = "title,starts_at,max_players"
    data = table(f"One,{day(3)} 20:00,5", f"Two,{day(3)} 20:00,", columns=columns)
    page = look(client, channel, data).content.decode()
    assert "The template “Duel” does not let hosts change that." in page
    assert "1 game would be created." in page


@pytest.mark.parametrize("kind", ["csv", "ics"])
def test_b45_markup_in_a_file_stays_text(
    client: Client, channel: Channel, manager: Member, kind: str
) -> None:
    title = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    start = timezone.now() + timedelta(days=3)
    quoted = title.replace('"', '""')
    data = table(f'"{quoted}",{day(3)} 19:00', f'"{quoted}",nonsense <b>')
    if kind == "ics":
        data = (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"
            f"SUMMARY:{title}\nDTSTART:{start:%Y%m%dT%H%M%SZ}\nEND:VEVENT\nEND:VCALENDAR\n"
        ).encode()
    page = look(client, channel, data).content.decode()
    assert escape(title) in page
    assert (
        "<script>alert" not in page
        and "<img src=x" not in page
        and "<b>" not in page.split("Line by line")[1]
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"file": ""}, {"file": "not a file"}, {"channel": "1"}, {"channel": ""}, {"channel": "\0"},
        {"channel": "9" * 40}, {"zone": ""}, {"zone": "Mars/Base"}, {"zone": "\0"},
        {"zone": "../../etc/passwd"}, {"zone": "x" * 10_000}, {"announce": "-1"},
        {"announce": "1e9"}, {"announce": "\0"}, {"file": SimpleUploadedFile("x.csv", b"")},
        {"file": SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n" + bytes(100))},
        {"file": SimpleUploadedFile("../../x\0.csv", b"\xff" * 1000)},
    ],
)  # fmt: skip
def test_b44_each_field_refuses_nonsense_and_nothing_is_made(
    client: Client, channel: Channel, manager: Member, fields: dict[str, Any]
) -> None:
    answer = look(client, channel, table(f"Chess,{day(3)} 20:00"), **fields)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert Game.objects.count() == 0


def test_b44_ten_megabytes_are_refused_before_they_are_read(
    client: Client, channel: Channel, manager: Member
) -> None:
    with within(3):
        answer = look(client, channel, b"x" * 10_000_000)
    assert answer.status_code == 413
    assert "Files can be up to 1 MB." in answer.content.decode()
    address = reverse("games-import-make", args=[channel.guild_id])
    assert client.post(address, {"plan": "x" * 10_000_000}).status_code == 413


def test_b44_wrong_content_types_are_refused(
    client: Client, channel: Channel, manager: Member
) -> None:
    for content_type in ("application/json", "text/csv", "multipart/form-data", "x"):
        for name in ("games-import", "games-import-make"):
            address = reverse(name, args=[channel.guild_id])
            answer = client.post(address, b'{"plan": [[[[[]]]]]}', content_type=content_type)
            assert answer.status_code in {302, 400, 422}
    assert Game.objects.count() == 0


def test_two_hundred_games_at_once(
    client: Client, channel: Channel, manager: Member, django_assert_max_num_queries: Any
) -> None:
    description = "Ein langer Text über das Spiel. " * 30
    data = table(
        *(f"Game {n},{day(n % 300 + 2)} {n % 24:02}:00,{description}" for n in range(200)),
        columns="title,starts_at,description",
    )
    with django_assert_max_num_queries(3 * 200 + 20):
        began = time.perf_counter()
        shown = look(client, channel, data)
        looked = time.perf_counter() - began
    began = time.perf_counter()
    make(client, channel, plan_in(shown))
    print(f"looked in {looked:.2f} s, made in {time.perf_counter() - began:.2f} s")
    assert Game.objects.count() == 200


def test_without_its_guild_or_fresh_roles_nothing_is_imported(
    client: Client, channel: Channel, manager: Member
) -> None:
    plan = plan_in(look(client, channel, table(f"Chess,{day(3)} 20:00")))
    Guild.objects.filter(id=channel.guild_id).update(left_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert look(client, channel, table(f"Chess,{day(3)} 20:00")).status_code == 422
    assert "not on this server any more" in make(client, channel, plan).content.decode()
    assert Game.objects.count() == 0


def test_games_of_other_servers_are_not_there_already(
    client: Client, channel: Channel, manager: Member
) -> None:
    start = datetime.fromisoformat(f"{day(3)}T20:00+01:00")
    make_game(channel=make_channel(make_guild()), title="Chess", starts_at=start)
    data = table(f"Chess,{day(3)}T20:00+01:00")
    assert "1 game would be created." in look(client, channel, data).content.decode()


# --- What the file leaves open -------------------------------------------------------------------


def asked_again(client: Client, channel: Channel, shown: Any, **fields: Any) -> Any:
    """Send the form again as the browser does: the file's field is empty now."""
    found = re.search(r'name="carried" value="([^"]*)"', shown.content.decode())
    assert found, shown.content.decode()
    return look(client, channel, b"", **{"file": "", "carried": found[1], **fields})


def test_an_unknown_zone_is_asked_for_once_and_the_file_is_kept(
    client: Client, channel: Channel, manager: Member
) -> None:
    start = f"{timezone.now() + timedelta(days=3):%Y%m%d}T200000"
    data = (
        "BEGIN:VCALENDAR\n"
        f"BEGIN:VEVENT\nSUMMARY:Süß\nDTSTART;TZID=Mars/Base:{start}\nEND:VEVENT\n"
        f"BEGIN:VEVENT\nSUMMARY:Two\nDTSTART;TZID=Mars/Base:{start}\nEND:VEVENT\n"
        "END:VCALENDAR\n"
    ).encode()
    shown = look(client, channel, data)
    page = shown.content.decode()
    assert shown.status_code == 200 and "Time zone “Mars/Base”" in page
    assert page.count("named_zone_0") and "named_zone_1" not in page

    wrong = asked_again(client, channel, shown, named_zone_0="Venus")
    assert wrong.status_code == 422 and "I do not know that time zone." in wrong.content.decode()
    right = asked_again(client, channel, wrong, named_zone_0="Tokyo")
    make(client, channel, plan_in(right))
    assert {(game.title, game.timezone) for game in Game.objects.all()} == {
        ("Süß", "Asia/Tokyo"), ("Two", "Asia/Tokyo"),
    }  # fmt: skip
    left_out = asked_again(client, channel, shown, named_zone_0="")
    assert "No game would be created." in left_out.content.decode()


def test_the_order_of_days_and_the_zone_of_series_in_utc_are_asked_for(
    client: Client, channel: Channel, manager: Member
) -> None:
    year = timezone.now().year + 1
    table_shown = look(client, channel, table(f"x,05/06/{year} 19:00"))
    assert "day_order" in table_shown.content.decode()
    assert asked_again(client, channel, table_shown).status_code == 422
    planned = asked_again(client, channel, table_shown, day_order="month")
    assert planned.status_code == 200 and "1 game would be created." in planned.content.decode()

    data = (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:20260105T180000Z\n"
        b"RRULE:FREQ=WEEKLY\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    shown = look(client, channel, data)
    assert 'name="series_zone" value="Europe/Berlin"' in shown.content.decode()
    make(client, channel, plan_in(asked_again(client, channel, shown, series_zone="Berlin")))
    assert Game.objects.get().timezone == "Europe/Berlin"


def test_another_persons_file_is_not_taken_up(
    client: Client, channel: Channel, manager: Member
) -> None:
    shown = look(client, channel, table("x,05/06/2027 19:00"))
    other = make_place()[1]
    foreigner = Client()
    foreigner.force_login(owner_of(other.guild).user)
    answer = asked_again(foreigner, other, shown, day_order="day")
    assert answer.status_code == 422 and "Choose a file." in answer.content.decode()


def test_a_file_too_long_to_be_kept_is_chosen_again(
    client: Client, channel: Channel, manager: Member
) -> None:
    letters = string.ascii_letters + string.digits
    noise = ["".join(random.Random(n).choices(letters, k=4200)) for n in range(230)]
    past = (f"x,2020-01-01 19:00,{text}" for text in noise)
    data = table("y,05/06/2027 19:00,", *past, columns="title,starts_at,ignored")
    shown = look(client, channel, data)
    assert "day_order" in shown.content.decode()
    without = asked_again(client, channel, shown, day_order="day")
    assert without.status_code == 422 and "Choose a file." in without.content.decode()
    chosen = SimpleUploadedFile("games.csv", data)
    planned = asked_again(client, channel, shown, day_order="day", file=chosen)
    assert "1 game would be created." in planned.content.decode()
    assert "210 more are past" in planned.content.decode()


def test_changed_and_cancelled_dates_are_shown_first_and_made(
    client: Client, channel: Channel, manager: Member
) -> None:
    start = (timezone.now() + timedelta(days=3)).replace(hour=18, minute=0, second=0)
    weeks = [start + timedelta(weeks=week) for week in range(5)]
    head = "BEGIN:VEVENT\nUID:a\nSUMMARY:Raid\n"
    old = [f"RECURRENCE-ID:{week:%Y%m%dT%H%M%SZ}\n" for week in weeks]
    moved = weeks[3] + timedelta(days=1)
    data = (
        f"BEGIN:VCALENDAR\nX-WR-TIMEZONE:UTC\n{head}DTSTART:{start:%Y%m%dT%H%M%SZ}\n"
        f"RRULE:FREQ=WEEKLY\nEND:VEVENT\n"
        f"{head}{old[1]}STATUS:CANCELLED\nEND:VEVENT\n"
        f"{head}{old[3]}DTSTART:{moved:%Y%m%dT%H%M%SZ}\nEND:VEVENT\nEND:VCALENDAR\n"
    ).encode()
    shown = asked_again(client, channel, look(client, channel, data), series_zone="UTC")
    page = shown.content.decode()
    assert "Dates skipped: " in page and "Dates of their own: " in page
    make(client, channel, plan_in(shown))
    first, changed = Game.objects.order_by("starts_at")
    assert changed.series == first.series is not None
    assert changed.series_date == weeks[3].date()
    assert changed.starts_at == moved.replace(microsecond=0)
    assert changed.post_at == weeks[2].replace(microsecond=0)
    assert first.series.skipped_dates == [weeks[1].date()]
    following = make_next(series_id=first.series_id or 0, after=weeks[0].date())
    assert following is not None and following.series_date == weeks[2].date()
    third = make_next(series_id=first.series_id or 0, after=weeks[2].date())
    assert third is not None and third.id == changed.id


def test_a_zone_that_nobody_has_named_is_asked_for_and_not_taken_to_be_utc(
    client: Client, channel: Channel, manager: Member
) -> None:
    Guild.objects.update(timezone="")
    User.objects.update(timezone="")
    form = client.get(reverse("games-import", args=[channel.guild_id])).context["form"]

    assert form["zone"].value() == ""
    refused = look(client, channel, table(f"Chess,{day(3)} 20:00"), zone="")
    assert refused.status_code == 422
    assert not Game.objects.exists()
