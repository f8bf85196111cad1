"""Access to every address of the forms, for every kind of visitor."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.models import Game, Template
from games.services.template import save_template
from guilds.models import Channel, Guild, Member
from tests.factories import make_game, make_guild, make_member
from tests.games.forms.form_data import SEES, make_place, new_game_data

pytestmark = pytest.mark.django_db

WHO = ("anonymous", "member", "host", "manager", "stranger")
# By address: the status that each of WHO gets by GET, and by POST.
ACCESS = {
    "game-new": ((302, 200, 200, 200, 404), (302, 302, 302, 302, 404)),
    "when-preview": ((302, 200, 200, 200, 404), (405, 405, 405, 405, 405)),
    "game-clone": ((302, 403, 200, 200, 404), (302, 403, 302, 302, 404)),
    "game-edit": ((302, 403, 200, 200, 404), (302, 403, 302, 302, 404)),
    "game-cancel": ((302, 403, 200, 200, 404), (302, 403, 302, 302, 404)),
    "game-preview": ((405, 405, 405, 405, 405), (302, 200, 200, 200, 404)),
    "game-repost": ((405, 405, 405, 405, 405), (302, 403, 302, 302, 404)),
    "games-import": ((302, 403, 403, 200, 404), (302, 403, 403, 422, 404)),
    "games-import-make": ((405, 405, 405, 405, 405), (302, 403, 403, 302, 404)),
    "games-csv": ((302, 403, 403, 200, 404), (405, 405, 405, 405, 405)),
    "rosters-csv": ((302, 403, 403, 200, 404), (405, 405, 405, 405, 405)),
    "games-ics": ((302, 403, 403, 200, 404), (405, 405, 405, 405, 405)),
    "template-list": ((302, 403, 403, 200, 404), (405, 405, 405, 405, 405)),
    "template-new": ((302, 403, 403, 200, 404), (302, 403, 403, 302, 404)),
    "template-edit": ((302, 403, 403, 200, 404), (302, 403, 403, 302, 404)),
    "template-move": ((405, 405, 405, 405, 405), (302, 403, 403, 302, 404)),
    "template-default": ((405, 405, 405, 405, 405), (302, 403, 403, 302, 404)),
    "template-delete": ((302, 403, 403, 200, 404), (302, 403, 403, 302, 404)),
}


class Place:
    def __init__(self) -> None:
        self.guild, self.channel, self.member = make_place()
        self.host = make_member(self.guild, permissions=int(SEES))
        self.manager = owner_of(self.guild)
        self.game = make_game(self.host, self.channel, title="Secret session")
        self.template = save_template(member=self.manager, values={"name": "Secret template"})

    def address(self, name: str) -> str:
        args = [self.guild.id]
        if name in {"game-clone", "game-edit", "game-cancel", "game-repost"}:
            args.append(self.game.id)
        elif name.startswith("template-") and name not in {"template-list", "template-new"}:
            args.append(self.template.id)
        return reverse(name, args=args)


def owner_of(guild: Guild) -> Member:
    return Member.objects.select_related("guild", "user").get(
        guild=guild, user__discord_id=guild.owner_id
    )


@pytest.fixture
def place() -> Place:
    return Place()


def log_in(client: Client, place: Place, who: str) -> None:
    people: dict[str, Callable[[], Member]] = {
        "member": lambda: place.member,
        "host": lambda: place.host,
        "manager": lambda: place.manager,
        "stranger": lambda: make_member(make_guild()),
    }
    if who in people:
        client.force_login(people[who]().user)


def data_for(name: str, channel: Channel) -> dict[str, object]:
    if name.startswith("template-"):
        return {"form_id": str(uuid4()), "name": "Another", "color": "#4f42d6", "to": "up"}
    return new_game_data(channel, duration="2h", max_players="5", signup_method="self")


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ACCESS)
def test_every_address_for_everybody(client: Client, place: Place, name: str, who: str) -> None:
    log_in(client, place, who)
    by_get, by_post = (codes[WHO.index(who)] for codes in ACCESS[name])
    before = (Game.objects.count(), Template.objects.count(), place.game.revision)

    shown = client.get(place.address(name))
    sent = client.post(place.address(name), data_for(name, place.channel))

    assert (shown.status_code, sent.status_code) == (by_get, by_post)
    if who in {"anonymous", "stranger"}:
        place.game.refresh_from_db()
        assert before == (Game.objects.count(), Template.objects.count(), place.game.revision)
        assert b"Secret" not in shown.content + sent.content


@pytest.mark.parametrize("name", ["game-clone", "game-edit", "game-cancel", "game-repost"])
def test_another_guilds_game_is_not_reached_through_ones_own(
    client: Client, place: Place, name: str
) -> None:
    log_in(client, place, "manager")
    other = make_game(title="Elsewhere")
    address = reverse(name, args=[place.guild.id, other.id])

    assert client.post(address, data_for(name, place.channel)).status_code == 404
    if name != "game-repost":
        assert client.get(address).status_code == 404
    other.refresh_from_db()
    assert (other.status, other.title) == ("scheduled", "Elsewhere")


@pytest.mark.parametrize(
    "name", ["template-edit", "template-move", "template-default", "template-delete"]
)
def test_another_guilds_template_is_not_reached_through_ones_own(
    client: Client, place: Place, name: str
) -> None:
    log_in(client, place, "manager")
    foreign = Template.objects.create(guild=make_guild(), name="Foreign")

    response = client.post(
        reverse(name, args=[place.guild.id, foreign.id]), data_for(name, place.channel)
    )

    assert response.status_code == 404
    foreign.refresh_from_db()
    assert (foreign.name, foreign.is_default) == ("Foreign", False)


def test_member_without_the_host_role_is_told_so(client: Client, place: Place) -> None:
    Guild.objects.filter(id=place.guild.id).update(host_role_ids=[7])
    client.force_login(place.member.user)

    response = client.get(place.address("game-new"))

    assert response.status_code == 403
    assert b"Only certain roles can announce games" in response.content
    assert client.post(place.address("game-preview")).status_code == 403


def test_draft_is_404_for_others(client: Client, place: Place) -> None:
    Game.objects.filter(id=place.game.id).update(post_at=timezone.now() + timedelta(hours=1))
    client.force_login(place.member.user)

    for name in ("game-clone", "game-edit", "game-cancel"):
        assert client.get(place.address(name)).status_code == 404
