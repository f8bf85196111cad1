"""A new game on the web, where neither the person, the browser nor the server says a zone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.models import Game
from guilds.models import Channel, Guild, Member
from tests.factories import make_member
from tests.games.forms.form_data import SEES, make_place
from tests.games.forms.test_access import owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(client: Client) -> Member:
    guild, _channel, _member = make_place()
    Guild.objects.update(timezone="")
    host = make_member(guild, permissions=int(SEES))
    client.force_login(host.user)
    return host


def address(member: Member) -> str:
    return reverse("game-new", args=[member.guild_id])


def test_the_form_itself_claims_no_zone(client: Client, host: Member) -> None:
    assert 'name="zone" id="id_zone" value=""' in client.get(address(host)).text


def data_of(client: Client, member: Member, **typed: str) -> dict[str, str]:
    form = client.get(address(member)).context["form"]
    channel = str(Channel.objects.get(guild=member.guild).id)
    shown = {"form_id": str(form["form_id"].value()), "channel": channel}
    return shown | {"title": "Raid", "when": "tomorrow 20:00"} | typed


def test_without_any_zone_the_form_asks_for_it(client: Client, host: Member) -> None:
    response = client.post(address(host), data_of(client, host))

    assert response.status_code == 422
    assert "On whose clock is that?" in response.content.decode()
    assert 'value="tomorrow 20:00"' in response.content.decode()
    assert not Game.objects.exists()


def test_zone_given_is_used_and_kept_for_the_person(client: Client, host: Member) -> None:
    response = client.post(address(host), data_of(client, host, own_zone="Dubai"))

    assert response.status_code == 302
    game = Game.objects.get()
    there = datetime.now(UTC) + timedelta(hours=4)
    assert game.timezone == "Asia/Dubai"
    assert game.starts_at.hour == 16
    assert game.starts_at.date() == (there + timedelta(days=1)).date()
    host.user.refresh_from_db()
    assert host.user.timezone == "Asia/Dubai"
    assert Guild.objects.get(id=host.guild_id).timezone == ""


@pytest.mark.parametrize("zone", ["gmt+1", "Mars"])
def test_zone_that_is_unclear_is_refused_beside_its_field(
    client: Client, host: Member, zone: str
) -> None:
    response = client.post(address(host), data_of(client, host, own_zone=zone))

    assert response.status_code == 422
    assert response.context["form"].errors["own_zone"]
    assert "Etc/" not in str(response.context["form"].errors)


def test_zone_of_the_browser_and_times_that_name_one_are_not_asked_about(
    client: Client, host: Member
) -> None:
    browser = data_of(client, host, zone="Europe/Berlin")
    named = data_of(client, host, when="tomorrow 20:00 CET", title="Named")

    assert client.post(address(host), browser).status_code == 302
    assert client.post(address(host), named).status_code == 302


def test_admin_may_say_that_it_is_the_servers_zone_too(client: Client, host: Member) -> None:
    member = owner_of(host.guild)
    client.force_login(member.user)
    data = data_of(client, member, own_zone="Europe/Berlin", zone_for_server="on")

    assert client.post(address(member), data).status_code == 302

    assert Guild.objects.get(id=host.guild_id).timezone == "Europe/Berlin"


def test_others_cannot_set_the_zone_of_the_server(client: Client, host: Member) -> None:
    data = data_of(client, host, own_zone="Europe/Berlin", zone_for_server="on")

    assert client.post(address(host), data).status_code == 302

    assert Guild.objects.get(id=host.guild_id).timezone == ""
    assert Game.objects.get().starts_at > timezone.now()
