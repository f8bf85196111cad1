"""What our own exports write comes back as it was: series, cancelled games, harmless texts."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from games.enums import Status, Via
from games.exchange import calendar
from games.exchange.export import roster_pages
from games.exchange.export_calendar import calendar_pages
from games.exchange.export_csv import games_table, guarded, unguarded
from games.exchange.import_file import read_file
from games.exchange.import_plan import Planned, Wishes, plan_lines, read_plan, sign_plan
from games.exchange.own.cells import names_of
from games.forms.choices import ChannelChoice, Choices
from games.models import Game, Image, Series
from games.new_game import NewGame
from games.services.cancellation import cancel_game
from games.services.game import create_game
from games.services.game_edit import edit_game
from games.services.imports import make_games
from games.services.series.edits import skip_date
from games.services.series.sessions import make_next
from games.services.template import save_template
from guilds.enums import Permission
from guilds.models import Channel, Guild, Member
from notifications.models import Announcement
from tests.factories import make_channel, make_guild, make_member
from tests.games.forms.form_data import make_role
from when.repetitions import read_rule

BERLIN = ZoneInfo("Europe/Berlin")
START = (timezone.now().astimezone(BERLIN) + timedelta(days=9)).replace(
    hour=19, minute=0, second=0, microsecond=0
)
DAY = START.date()
WEEKLY = f"FREQ=WEEKLY;BYDAY={('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[DAY.weekday()]}"


def as_table(guild: Guild, member: Member) -> bytes:
    return b"".join(games_table(roster_pages(guild), names_of(guild)))


def as_calendar(guild: Guild, member: Member) -> bytes:
    return b"".join(calendar.in_parts("Tavern", calendar_pages(guild, member.user)))


both = pytest.mark.parametrize("export", [as_table, as_calendar])
type Export = Callable[[Guild, Member], bytes]


@pytest.fixture
def channel() -> Channel:
    return make_channel(make_guild(), "games")


@pytest.fixture
def member(channel: Channel) -> Member:
    may = int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.MANAGE_GUILD)
    return make_member(channel.guild, permissions=may)


def make(member: Member, channel: Channel, **values: Any) -> Game:
    base: dict[str, Any] = {"title": "Raid", "starts_at": START, "timezone": "Europe/Berlin"}
    new = NewGame(channel_id=channel.id, **base | values)
    game = create_game(host=member, new=new, via=Via.WEB, request_key=str(uuid4()))
    return Game.objects.get(id=game.id)


def plan(data: bytes, member: Member, channel: Channel) -> list[Planned]:
    now = timezone.now()
    choices = Choices(
        member=member, templates=list(member.guild.templates.all()),
        channels=[ChannelChoice(channel, "", pings_every_role=True)],
        roles=list(member.guild.roles.all()),
        may_host_freely=True, may_notify=True,
    )  # fmt: skip
    lines = read_file(data, zone="UTC", now=now).lines
    return plan_lines(lines, choices=choices, wishes=Wishes(channel.id, None), now=now)


def again(export: Export, member: Member, channel: Channel) -> list[Game]:
    """Return the games that importing the export makes, after all games are deleted."""
    data = export(channel.guild, member)
    Game.objects.all().delete()
    Series.objects.all().delete()
    planned = plan(data, member, channel)
    assert all(one.new for one in planned), [one.why for one in planned]
    import_id, games = read_plan(member, sign_plan(member, planned))
    for _twice in range(2):
        made = make_games(member=member, games=games, import_id=import_id, via=Via.WEB)
        assert not made.refused, made.refused
    return list(Game.objects.order_by("starts_at"))


@pytest.mark.django_db
@both
def test_a_cancelled_game_comes_back_cancelled_and_is_never_announced(
    member: Member, channel: Channel, export: Export
) -> None:
    game = make(member, channel)
    cancel_game(game_id=game.id, member=member, via=Via.WEB, reason="Flood")
    (copy,) = again(export, member, channel)
    assert (copy.status, copy.cancel_reason, copy.post_at) == (Status.CANCELLED, "Flood", None)
    assert not Announcement.objects.filter(game=copy).exists()


@pytest.mark.django_db
@both
def test_a_series_comes_back_with_its_rule_skipped_dates_and_options(
    member: Member, channel: Channel, export: Export
) -> None:
    rule = read_rule(f"{WEEKLY};COUNT=9")
    game = make(member, channel, repeat=rule, carry_over=True)
    later = DAY + timedelta(weeks=3)
    skip_date(game_id=game.id, member=member, day=later, via=Via.WEB, is_skipped=True)
    (copy,) = again(export, member, channel)
    assert copy.series is not None
    assert (copy.series.rule, copy.series.first_date) == (f"{WEEKLY};COUNT=9", DAY)
    assert copy.series.skipped_dates == [later]
    assert (copy.series.carry_over, copy.series.ask_host) == (True, False)


@pytest.mark.django_db
@both
def test_sessions_come_back_in_their_series_moved_and_cancelled_ones_too(
    member: Member, channel: Channel, export: Export
) -> None:
    first = make(member, channel, repeat=read_rule(WEEKLY))
    assert first.series_id is not None
    second = make_next(series_id=first.series_id, after=DAY)
    assert second is not None
    moved = second.starts_at + timedelta(hours=3)
    edit_game(game_id=second.id, member=member, values={"starts_at": moved}, via=Via.WEB)
    cancel_game(game_id=first.id, member=member, via=Via.WEB)
    copies = again(export, member, channel)
    weeks = [DAY + timedelta(weeks=week) for week in range(3)]
    assert [copy.series_date for copy in copies] == weeks
    assert [copy.status == Status.CANCELLED for copy in copies] == [True, False, False]
    assert copies[1].starts_at == moved
    assert len({copy.series_id for copy in copies}) == 1


@pytest.mark.django_db
def test_what_another_server_lacks_is_said_or_refused(member: Member, channel: Channel) -> None:
    image = Image.objects.create(guild=channel.guild, content_type="image/webp", data=b"x")
    template = save_template(member=member, values={"name": "Plain"})
    role = make_role(channel.guild, "Elders")
    make(member, channel, image_id=str(image.id), template_id=template.id)
    make(member, channel, title="Closed", player_role_ids=(role.id,))
    data = as_table(channel.guild, member)
    other = make_channel(make_guild(), "games")
    there = make_member(other.guild, permissions=member.permissions)
    open_one, closed = plan(data, there, other)
    assert open_one.new is not None and len(open_one.notes) == 2
    assert "“Plain”" in " ".join(open_one.notes)
    assert closed.new is None and "“Elders” is not one role of this server." in closed.why


# --- Formulas ------------------------------------------------------------------------------------


@given(st.text(alphabet="ab=+-@＝'\"; ,\t|\r\n\0", max_size=12))
def test_guarded_texts_come_back_as_they_were(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(
    st.lists(st.text(alphabet="a=+-@'\"; ,\t|\n", max_size=10), min_size=1, max_size=3),
    st.sampled_from(",;\t|"),
)
def test_no_formula_whatever_separates_the_cells(cells: list[str], separator: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([guarded(cell) for cell in cells])
    for row in csv.reader(io.StringIO(text.getvalue(), newline=""), delimiter=separator):
        for cell in row:
            assert not cell.lstrip(' "\t\r\n').startswith(tuple("=+-@")), (cells, row)
