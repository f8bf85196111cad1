"""A server's templates on the web: made, changed, ordered, made the default, deleted."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from games.models import Template
from games.services.template import save_template
from guilds.errors import Refused
from guilds.models import Channel, Member
from tests.factories import make_channel, make_guild
from tests.games.forms.form_data import make_place, make_role
from tests.games.forms.test_access import owner_of
from tests.games.forms.test_new_game import HOSTILE
from tests.racing import racing

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10


@pytest.fixture
def manager(client: Client) -> Member:
    guild, _channel, _member = make_place()
    manager = owner_of(guild)
    client.force_login(manager.user)
    return manager


def address(name: str, of: Member | Template) -> str:
    args = [of.guild_id] + ([of.id] if isinstance(of, Template) else [])
    return reverse(name, args=args)


def data(**fields: Any) -> dict[str, Any]:
    return {"form_id": str(uuid4()), "name": "One-shot", "color": "#4f42d6", **fields}


def make(manager: Member, *names: str) -> list[Template]:
    return [save_template(member=manager, values={"name": name}) for name in names]


def names(manager: Member) -> list[str]:
    return list(Template.objects.filter(guild=manager.guild).values_list("name", flat=True))


def test_everything_is_kept_and_shown_again(client: Client, manager: Member) -> None:
    channel, role = Channel.objects.get(guild=manager.guild), make_role(manager.guild)
    archive = make_channel(manager.guild, "archive")
    roles = ("notify_role_ids", "player_role_ids", "priority_role_ids", "host_role_ids")
    sent = data(
        is_default="on",
        channel=str(channel.id),
        title="One-shot night",
        description="Bring dice.",
        duration="3h",
        max_players="4",
        min_players="2",
        signup_method="host_selected",
        signup_closes="2h",
        remind="1d",
        location="Table",
        category="D&D",
        rules="Be kind.",
        has_color="on",
        color="#336699",
        archive="move",
        archive_channel=str(archive.id),
        archive_after="1d",
        locked_fields=["max_players", "slots"],
        slots_id="",
        slots_name="Tank",
        slots_emoji="",
        slots_capacity="1",
        **{name: [str(role.id)] for name in roles},
    )

    response = client.post(address("template-new", manager), sent)

    template = Template.objects.get()
    assert response["Location"] == address("template-list", manager)
    assert (template.channel_id, template.duration_minutes, template.is_default) == (
        channel.id,
        180,
        True,
    )
    assert (template.max_players, template.min_players, template.color) == (4, 2, 0x336699)
    assert (template.signup_closes_minutes, template.reminder_minutes) == (120, [1440])
    assert (template.archive, template.archive_channel_id) == ("move", archive.id)
    assert template.archive_after_minutes == 1440
    assert template.slots == [{"name": "Tank", "emoji": "", "capacity": 1}]
    assert template.locked_fields == ["max_players", "slots"]
    assert all(getattr(template, name) == [role.id] for name in roles)

    shown = client.get(address("template-edit", template)).content.decode()
    for text in ('value="3h"', 'value="4"', "Bring dice.", 'value="Tank"', 'value="1d"'):
        assert text in shown


def test_empty_fields_mean_as_the_server_has_it(client: Client, manager: Member) -> None:
    (template,) = make(manager, "Old")
    Template.objects.update(max_players=9, reminder_minutes=[60])

    client.post(address("template-edit", template), data())

    template.refresh_from_db()
    assert (template.name, template.max_players, template.reminder_minutes) == (
        "One-shot",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Taken"}, "name"),
        ({"max_players": "101"}, "max_players"),
        ({"max_players": "0"}, "max_players"),
        ({"max_players": "2", "min_players": "3"}, "min_players"),
        ({"duration": "8d"}, "duration"),
        ({"remind": "1h, 2h, 3h, 4h, 5h, 6h"}, "remind"),
        ({"signup_closes": "?"}, "signup_closes"),
        ({"archive_after": "8d"}, "archive_after"),
    ],
)
def test_wrong_values_are_said_beside_their_field(
    client: Client, manager: Member, fields: dict[str, str], field: str
) -> None:
    make(manager, "Taken")

    response = client.post(address("template-new", manager), data(description="Keep me", **fields))

    text = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in text
    assert "Keep me" in text
    assert names(manager) == ["Taken"]


def test_order_is_changed_by_buttons(client: Client, manager: Member) -> None:
    first, _second, third = make(manager, "A", "B", "C")

    client.post(address("template-move", third), {"to": "up"})
    assert names(manager) == ["A", "C", "B"]
    client.post(address("template-move", first), {"to": "down"})
    assert names(manager) == ["C", "A", "B"]
    client.post(address("template-move", third), {"to": "up"})
    assert names(manager) == ["C", "A", "B"]

    fragment = client.post(
        address("template-move", first), {"to": "down"}, headers={"HX-Request": "true"}
    )
    assert fragment.content.decode().lstrip().startswith('<div id="templates"')


def test_one_default_or_none(client: Client, manager: Member) -> None:
    first, second = make(manager, "A", "B")

    for template in (first, second):
        client.post(address("template-default", template))
    assert list(Template.objects.filter(is_default=True)) == [second]
    client.post(address("template-default", second))
    assert not Template.objects.filter(is_default=True).exists()


def test_delete_asks_first(client: Client, manager: Member) -> None:
    (template,) = make(manager, "A")

    assert b"Games created from it stay" in client.get(address("template-delete", template)).content
    assert Template.objects.exists()
    response = client.post(address("template-delete", template), follow=True)
    assert "“A” is gone." in response.content.decode()
    assert not Template.objects.exists()


def test_templates_take_nothing_of_another_guild(manager: Member) -> None:
    with pytest.raises(Refused):
        save_template(
            member=manager, values={"name": "A", "channel_id": make_channel(make_guild()).id}
        )


FIELDS = (
    "form_id", "name", "is_default", "channel", "title", "description", "duration", "max_players",
    "min_players", "signup_method", "signup_closes", "remind", "location", "category", "rules",
    "color", "image", "archive", "archive_channel", "archive_after", "locked_fields", "slots_name",
    "slots_capacity", "notify_role_ids", "host_role_ids", "priority_role_ids", "remove_slot",
)  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_whatever_is_sent_gets_a_sentence(client: Client, manager: Member, field: str) -> None:
    rows = {"slots_id": "", "slots_name": "Tank", "slots_emoji": "", "slots_capacity": "1"}
    for name, make_value in HOSTILE.items():
        sent = {**data(name=name), **rows, field: make_value()}
        response = client.post(address("template-new", manager), sent)
        text = response.content.decode()
        assert response.status_code in {200, 302, 422}, name
        assert "<script>alert" not in text
        assert response.status_code != 422 or 'role="alert"' in text, name


def test_odd_moves_change_nothing(client: Client, manager: Member) -> None:
    make(manager, "A", "B")
    for value in HOSTILE.values():
        template = Template.objects.get(name="B")
        response = client.post(address("template-move", template), {"to": value()})
        assert response.status_code == 302


def test_queries_do_not_grow(client: Client, manager: Member) -> None:
    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    make(manager, "first")
    urls = [address("template-list", manager), address("template-new", manager)]
    one = [count(url) for url in urls]
    make(manager, *[f"t{number}" for number in range(29)])

    assert [count(url) for url in urls] == one
    assert max(one) <= MOST_QUERIES


@pytest.mark.django_db(transaction=True)
def test_of_two_defaults_made_at_once_the_later_is_the_default() -> None:
    guild, _channel, _member = make_place()
    manager = owner_of(guild)

    with racing() as race:
        save_template(member=manager, values={"name": "First", "is_default": True})
        race.begin(
            lambda: save_template(member=manager, values={"name": "Second", "is_default": True})
        )

    race.results()
    rows = guild.templates.values_list("name", "is_default", "position")
    assert list(rows) == [("First", False, 0), ("Second", True, 1)]
