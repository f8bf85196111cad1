"""Each field of a game survives all that its row in `games.fields` claims.

The table drives these tests: a new row is tried with its kind's sample, and a row that claims too
much fails.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from games.browse.history import entries_of, list_changes
from games.checks import rule_of
from games.enums import SignupMethod, Via
from games.exchange import calendar
from games.exchange.export import roster_pages
from games.exchange.export_calendar import calendar_pages
from games.exchange.export_csv import GAME_COLUMNS, games_table
from games.exchange.feeds import get_calendar_game
from games.exchange.import_file import read_file
from games.exchange.import_plan import Wishes, plan_lines
from games.exchange.own.cells import names_of
from games.fields import BY_COLUMN, FIELDS, LISTS, Field, Kind
from games.forms.choices import ChannelChoice, Choices
from games.forms.edited_game import EditGameForm, initial_of
from games.forms.new_game import NewGameForm
from games.forms.template import TemplateForm, initial_of_template
from games.models import Game, Image, Template
from games.new_game import NewGame
from games.selectors import get_snapshot
from games.services.game import create_game
from games.services.game_clone import as_clone
from games.services.game_edit import edit_game
from games.services.imports import make_games
from games.services.roster.slots import plain_slots
from games.services.series.changes import change_all
from games.services.series.sessions import make_next, unnumbered
from games.services.template import save_template
from games.snapshots import GameSnapshot
from games.typed.fields import WORDS
from games.typed.game import TypedGame, read_game, typed_again
from guilds.enums import Archive, Permission
from guilds.errors import Refused
from guilds.models import Channel, Member, Role
from notifications.messages import announcement
from tests.factories import SPEAKS, make_channel, make_guild, make_member
from tests.games.forms.form_data import make_role

pytestmark = pytest.mark.django_db

# Columns that hold a game's state, and are no fields of it.
STATE = {
    "id", "guild_id", "host_id", "series_id", "series_date", "awaits_host", "status",
    "cancel_reason", "cancelled_at", "decision", "revision", "schedule_version", "created_at",
}  # fmt: skip
TEMPLATES_OWN = {
    "id", "guild_id", "name", "position", "is_default", "host_role_ids", "locked_fields",
}  # fmt: skip
EARLIER = {"signup_closes_at": timedelta(hours=2), "post_at": timedelta(days=1)}
START = timezone.now().replace(second=0, microsecond=0) + timedelta(days=9)


@dataclass(frozen=True)
class Place:
    member: Member
    channel: Channel
    other: Channel
    roles: tuple[Role, Role]
    image: Image
    template: Template

    @property
    def choices(self) -> Choices:
        return Choices(
            member=self.member,
            templates=list(self.member.guild.templates.all()),
            channels=[ChannelChoice(one, "", True) for one in (self.channel, self.other)],
            roles=self.roles,
            may_host_freely=True,
            may_notify=True,
        )


@pytest.fixture
def place() -> Place:
    guild = make_guild()
    may = int(SPEAKS | Permission.MANAGE_GUILD)
    member = make_member(guild, permissions=may)
    return Place(
        member=member,
        channel=make_channel(guild, "games"),
        other=make_channel(guild, "elsewhere"),
        roles=(make_role(guild, "Players"), make_role(guild, "Elders")),
        image=Image.objects.create(guild=guild, content_type="image/webp", data=b"x"),
        template=save_template(member=member, values={"name": "Plain"}),
    )


def sample(field: Field, place: Place) -> Any:
    """Return a value that differs from every default."""
    players, elders = (role.id for role in place.roles)
    samples: dict[Kind, Any] = {
        Kind.LINE: f"Some {field.column}",
        Kind.TEXT: f"Some {field.column},\n\nand more",
        Kind.NUMBER: 4,
        Kind.LENGTH: 95,
        Kind.REMINDERS: [90, 5],
        Kind.MOMENT: START - EARLIER.get(field.column, timedelta()),
        Kind.ZONE: "Asia/Tokyo",
        Kind.CHOICE: {SignupMethod: "host_selected", Archive: "remove"}.get(
            field.choices or Archive
        ),
        Kind.CHANNEL: place.other.id,
        Kind.ROLES: [players],
        Kind.RANKED_ROLES: [elders, players],
        Kind.SLOTS: [{"name": "Tank", "emoji": "🛡", "capacity": 2}],
        Kind.COLOR: 0xC0392B,
        Kind.IMAGE: str(place.image.id),
        Kind.TEMPLATE: place.template.id,
    }
    return samples[field.kind]


def chosen(field: Field, place: Place) -> dict[str, Any]:
    """Return the sample as `NewGame` and edits take it."""
    value = sample(field, place)
    return {field.column: tuple(value) if field.kind in LISTS else value}


def value_in(game: Game, field: Field) -> Any:
    if field.kind == Kind.SLOTS:
        return unnumbered(game.slots.all())
    value = getattr(game, field.column)
    return str(value) if field.kind == Kind.IMAGE and value else value


def new_game(place: Place, **values: Any) -> NewGame:
    base: dict[str, Any] = {
        "channel_id": place.channel.id,
        "title": "Dungeon night",
        "starts_at": START,
        "timezone": "Europe/Berlin",
    }
    return NewGame(**base | values)


def make(place: Place, **values: Any) -> Game:
    game = create_game(
        host=place.member, new=new_game(place, **values), via=Via.WEB, request_key=str(uuid4())
    )
    return Game.objects.get(id=game.id)


def make_with(field: Field, place: Place, **values: Any) -> Game:
    """Make a game with the field's sample: chosen by its host, or preset if hosts may not."""
    if field.is_chosen:
        return make(place, **chosen(field, place) | values)
    preset = {"name": "Preset", field.column: sample(field, place)}
    template = save_template(member=place.member, values=preset)
    return make(place, template_id=template.id, **values)


def each(*flags: str, but: str = "") -> pytest.MarkDecorator:
    """Run the test for each field that has all these flags, one column left out."""
    flagged = [field for field in FIELDS if all(getattr(field, flag) for flag in flags)]
    rows = [field for field in flagged if field.column != but]
    return pytest.mark.parametrize("field", rows, ids=[field.column for field in rows])


# --- The table is whole --------------------------------------------------------------------------


def test_every_column_of_a_game_or_template_has_its_row() -> None:
    of_games = {column.attname for column in Game._meta.concrete_fields} | {"slots"}
    assert of_games - STATE == BY_COLUMN.keys()
    of_templates = {column.attname for column in Template._meta.concrete_fields}
    presets = {field.distance or field.column for field in FIELDS if field.is_preset}
    assert of_templates - TEMPLATES_OWN == presets


def test_plain_values_have_what_the_table_says() -> None:
    own = {"repeat", "carry_over", "ask_host"}
    assert {f.name for f in fields(NewGame)} - own == {f.column for f in FIELDS if f.is_chosen}
    typed = {field.name for field in FIELDS if field.in_command and field.kind in WORDS}
    assert typed <= {f.name for f in fields(TypedGame)}
    facts = {field.column for field in FIELDS if field.is_fact}
    assert facts <= {f.name for f in fields(GameSnapshot)}


def test_names_labels_and_locks_are_told_apart() -> None:
    for what in ("name", "label", "lock"):
        assert len({str(getattr(field, what)) for field in FIELDS}) == len(FIELDS), what
    assert len([field for field in FIELDS if field.in_modal]) <= 5


@each("column")
def test_samples_are_nobodys_default(place: Place, field: Field) -> None:
    assert value_in(make(place), field) != sample(field, place) or field.column == "starts_at"


# --- Made and edited -----------------------------------------------------------------------------


@each("is_chosen")
def test_it_survives_being_made(place: Place, field: Field) -> None:
    assert value_in(make_with(field, place), field) == sample(field, place)


@each("is_chosen")
def test_it_survives_a_draft(place: Place, field: Field) -> None:
    new = new_game(place, **chosen(field, place))
    assert NewGame.from_json(new.as_json()) == new


@each("is_editable")
def test_it_survives_an_edit_and_stands_in_the_history(place: Place, field: Field) -> None:
    game = make(place, starts_at=START + timedelta(days=1), post_at=START - timedelta(days=3))
    member = place.member
    edit_game(game_id=game.id, member=member, values=chosen(field, place), via=Via.WEB)
    assert value_in(Game.objects.get(id=game.id), field) == sample(field, place)
    entry = entries_of(list_changes(game), member.guild_id, {}, {})[0]
    assert str(field.label) in [line.label for line in entry.lines]


@each("is_chosen")
def test_the_form_of_a_new_game_reads_what_it_shows(place: Place, field: Field) -> None:
    game = make_with(field, place)
    zone = game.timezone
    data = posted(game, place) | {"template": str(game.template_id or "")}
    form = NewGameForm(
        data, choices=place.choices, template=game.template, channel=game.channel, zone=zone,
        now=timezone.now(), initial={},
    )  # fmt: skip
    assert form.is_valid(), form.errors
    read = getattr(form.new_game(), field.column)
    assert (list(read) if field.kind in LISTS else read) == sample(field, place)


@each("is_editable")
def test_the_form_of_an_edit_reads_what_it_shows_and_nothing_else(
    place: Place, field: Field
) -> None:
    plain = make(place, starts_at=START + timedelta(days=1), post_at=START - timedelta(days=3))
    other = replace_in(plain, field, sample(field, place))
    form = EditGameForm(
        posted(other, place, slots=sample(field, place) if field.kind == Kind.SLOTS else ()),
        game=plain, choices=place.choices, zone=plain.timezone, now=timezone.now(),
        initial=initial_of(plain, [], plain.timezone, place.choices),
    )  # fmt: skip
    assert form.is_valid(), form.errors
    values = form.values()
    if field.kind == Kind.ZONE:  # named with the time
        assert values["timezone"] == sample(field, place)
        return
    assert values.keys() == {field.column}
    read = values[field.column]
    assert (list(read) if field.kind in LISTS else read) == sample(field, place)


@each("is_editable")
def test_an_edit_can_put_it_back(place: Place, field: Field) -> None:
    """A field that was empty is empty again: the form's text for it is read as nothing."""
    game, plain = make_with(field, place), make(place)
    slots = plain_slots(list(game.slots.all()))
    clock = game.timezone
    form = EditGameForm(
        posted(plain, place), game=game, choices=place.choices, zone=clock, now=timezone.now(),
        initial=initial_of(game, slots, clock, place.choices),
    )  # fmt: skip
    assert form.is_valid(), form.errors
    values = form.values()
    edit_game(game_id=game.id, member=place.member, values=values, via=Via.WEB)
    assert value_in(Game.objects.get(id=game.id), field) == value_in(plain, field)


@each("is_preset")
def test_a_template_can_leave_it_open_again(place: Place, field: Field) -> None:
    template, plain = preset(field, place), place.template
    form = TemplateForm(
        as_sent(initial_of_template(plain, place.choices)) | {"name": "Preset"},
        choices=place.choices, initial={},
    )  # fmt: skip
    assert form.is_valid(), form.errors
    save_template(member=place.member, template_id=template.id, values=form.values())
    column = field.distance or field.column
    assert getattr(Template.objects.get(id=template.id), column) == getattr(plain, column)


def replace_in(game: Game, field: Field, value: Any) -> Game:
    other = Game.objects.get(id=game.id)
    if field.kind != Kind.SLOTS:
        setattr(other, field.column, value)
    return other


def posted(game: Game, place: Place, slots: Any = None) -> dict[str, Any]:
    """Return what a browser sends for the game as a form shows it."""
    rows = plain_slots(list(game.slots.all())) if slots is None else slots
    initial = initial_of(game, list(rows), game.timezone, place.choices)
    if game.timezone != "Europe/Berlin":
        initial["zone"] = game.timezone
    return {"form_id": str(uuid4()), **as_sent(initial)}


def as_sent(initial: Mapping[str, Any]) -> dict[str, Any]:
    data = {name: value for name, value in initial.items() if name != "slots"}
    if not data.get("has_color"):
        data.pop("has_color", None)
    for part in ("id", "name", "emoji", "capacity"):
        data[f"slots_{part}"] = [str(row.get(part, "")) for row in initial["slots"]]
    return data


# --- Made from another ---------------------------------------------------------------------------


@each("is_chosen")
def test_it_survives_cloning_by_command(place: Place, field: Field) -> None:
    game = make_with(field, place)
    start = game.starts_at + timedelta(days=7)
    typed = typed_again(game, when=f"<t:{int(start.timestamp())}:F>", channel_id=None)
    new = as_clone(
        read_game(typed, zone=game.timezone, now=timezone.now()), game, host=place.member
    )
    made = create_game(host=place.member, new=new, via=Via.BOT, request_key="clone")
    clone = Game.objects.get(id=made.id)
    if field.is_cloned:
        assert moved_along(clone, field, by=timedelta(days=7)) == sample(field, place)
    else:
        assert value_in(clone, field) is None


def moved_along(game: Game, field: Field, *, by: timedelta) -> Any:
    """Moments keep their distance to the start."""
    value = value_in(game, field)
    return value - by if field.kind == Kind.MOMENT else value


@each("is_preset")
def test_it_survives_in_a_template(place: Place, field: Field) -> None:
    game = make(place, template_id=preset(field, place).id, **left_open(field, place))
    assert value_in(game, field) == sample(field, place)


def preset(field: Field, place: Place, **values: Any) -> Template:
    value = sample(field, place)
    if field.distance:
        value = round((START - value).total_seconds() / 60)
    values |= {"name": "Preset", field.distance or field.column: value}
    return save_template(member=place.member, values=values)


def left_open(field: Field, place: Place) -> dict[str, Any]:
    """Return the choices of a host who leaves the field open.

    An empty title takes the template's. A template's channel is chosen before a game is made.
    """
    left: dict[str, dict[str, Any]] = {
        "title": {"title": ""},
        "channel_id": {"channel_id": place.other.id},
    }
    return left.get(field.column, {})


@each("is_preset")
def test_the_form_of_a_template_reads_what_it_shows(place: Place, field: Field) -> None:
    template = preset(field, place)
    data = as_sent(initial_of_template(template, place.choices))
    form = TemplateForm(data, choices=place.choices, initial={})
    assert form.is_valid(), form.errors
    column = field.distance or field.column
    read, kept = form.values()[column], getattr(template, column)
    assert (str(read) if field.kind == Kind.IMAGE else read) == kept


@each("is_lockable")
def test_a_template_locks_it(place: Place, field: Field) -> None:
    template = preset(field, place, locked_fields=[field.lock])
    make(place, template_id=template.id, **left_open(field, place))
    others: dict[Kind, Any] = {
        Kind.LINE: "Another", Kind.TEXT: "Another", Kind.NUMBER: 2, Kind.LENGTH: 10,
        Kind.REMINDERS: (7,), Kind.CHOICE: "self", Kind.SLOTS: (), Kind.CHANNEL: place.channel.id,
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        make(place, template_id=template.id, **{field.column: others[field.kind]})
    assert refused.value.field == field.name


@each("is_kept")
def test_the_next_session_of_a_series_has_it(place: Place, field: Field) -> None:
    game = make_with(field, place, repeat=rule_of(f"FREQ=WEEKLY;BYDAY={weekday()}"))
    following = next_of(game)
    assert moved_along(following, field, by=following.starts_at - START) == sample(field, place)


def test_the_next_session_of_a_series_is_on_the_same_clocks(place: Place) -> None:
    rule = rule_of("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU")
    game = make(place, timezone="Asia/Tokyo", repeat=rule)
    following = next_of(game)
    assert (following.timezone, following.starts_at - START) == ("Asia/Tokyo", timedelta(days=1))


def next_of(game: Game) -> Game:
    assert game.series_id is not None and game.series_date is not None
    following = make_next(series_id=game.series_id, after=game.series_date)
    assert following is not None
    return Game.objects.get(id=following.id)


def weekday() -> str:
    return "MO,TU,WE,TH,FR,SA,SU"


# Each session is announced when its series says.
@each("is_kept", "is_editable", but="post_at")
def test_a_change_of_all_sessions_is_handed_on(place: Place, field: Field) -> None:
    game = make(place, repeat=rule_of(f"FREQ=WEEKLY;BYDAY={weekday()}"))
    member, values = place.member, chosen(field, place)
    change_all(game_id=game.id, member=member, values=values, via=Via.WEB)
    following = next_of(game)
    assert moved_along(following, field, by=following.starts_at - START) == sample(field, place)


# --- Out and in again ----------------------------------------------------------------------------


@each("table")
def test_it_survives_our_own_table(place: Place, field: Field) -> None:
    game = make_with(field, place)
    table = b"".join(games_table(roster_pages(place.member.guild), names_of(place.member.guild)))
    assert field.table in GAME_COLUMNS
    assert value_in(made_again(table, game, place), field) == sample(field, place)


@each("table")
def test_it_survives_the_export_of_all_games_as_a_calendar(place: Place, field: Field) -> None:
    game = make_with(field, place)
    pages = calendar_pages(place.member.guild, place.member.user)
    file = b"".join(calendar.in_parts("Tavern", pages))
    assert value_in(made_again(file, game, place), field) == sample(field, place)


@each("calendar")
def test_it_survives_our_own_calendar(place: Place, field: Field) -> None:
    game = make_with(field, place)
    file = calendar.single(get_calendar_game(place.member, game.id))
    assert field.calendar in Calendar.from_ical(file).walk("VEVENT")[0]
    assert value_in(made_again(file, game, place), field) == sample(field, place)


def made_again(file: bytes, game: Game, place: Place) -> Game:
    """Return the game that importing the file makes, after the original is deleted."""
    Game.objects.all().delete()
    now = timezone.now()
    lines = read_file(file, zone="UTC", now=now).lines
    wishes = Wishes(channel_id=place.channel.id, announce_days=None)
    (planned,) = plan_lines(lines, choices=place.choices, wishes=wishes, now=now)
    assert planned.new is not None, planned.why
    made = make_games(member=place.member, games=[(1, planned.new)], import_id=uuid4(), via=Via.WEB)
    return Game.objects.get(id=made.games[0].id)


# --- Shown ---------------------------------------------------------------------------------------


@each("is_fact")
def test_it_is_a_line_wherever_the_game_is_shown(
    client: Client, place: Place, field: Field
) -> None:
    game = make_with(field, place)
    text = sample(field, place).splitlines()[0]
    client.force_login(place.member.user)
    page = client.get(reverse("game", args=[game.guild_id, game.id])).content.decode()
    embed = announcement.render(get_snapshot(game.id), now=timezone.now())["embeds"][0]
    (event,) = Calendar.from_ical(calendar.single(get_calendar_game(place.member, game.id))).walk(
        "VEVENT"
    )
    assert str(field.label) in page and text in page
    assert any(text in line["value"] for line in embed["fields"] if line["name"] == field.label)
    assert text in str(event["LOCATION" if field.calendar else "DESCRIPTION"])


@each("panel")
def test_both_web_forms_show_it(client: Client, place: Place, field: Field) -> None:
    client.force_login(place.member.user)
    for name in ("game-new", "template-new"):
        page = client.get(reverse(name, args=[place.member.guild_id])).content.decode()
        assert f'name="{field.name}"' in page, name
