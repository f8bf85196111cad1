"""Limits on making games, on adding and removing people, on pictures and exports."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.enums import Status, Via
from games.models import Game, Image
from games.services import game as game_service
from games.services import picture as picture_service
from games.services.picture import store_image
from games.services.roster import host as roster
from guilds.errors import Refused
from guilds.models import Member
from tests.factories import make_game, make_guild, make_member
from tests.games.forms.form_data import make_place
from tests.games.test_images import picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


def test_a_server_has_only_so_many_games_ahead(settings: LazySettings) -> None:
    settings.MOST_OPEN_GAMES = 2
    first = make_game()
    host = first.guild.members.get(user=first.host)
    make_game(host, first.channel)
    make_game()  # of another server

    with pytest.raises(Refused, match="2 games ahead"):
        make_game(host, first.channel)

    Game.objects.filter(id=first.id).update(status=Status.CANCELLED)
    make_game(host, first.channel)
    settings.MOST_OPEN_GAMES = 0
    make_game(host, first.channel)


def test_one_person_makes_only_so_many_games(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(game_service, "MOST_AN_HOUR", 2)
    game = make_game()
    host = game.guild.members.get(user=game.host)
    make_game(host, game.channel)
    with pytest.raises(Refused, match="a lot at once"):
        make_game(host, game.channel)
    make_game(make_member(game.guild), game.channel)


def test_nobody_is_added_and_removed_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "MOST_OF_A_PERSON", 4)
    game = make_game()
    host = game.guild.members.get(user=game.host)
    target, other = make_member(game.guild), make_member(game.guild)
    for _ in range(2):
        roster.add_player(game_id=game.id, member=host, person=target, via=Via.WEB)
        added = game.participants.get(user=target.user)
        roster.remove_player(game_id=game.id, member=host, participant_id=added.id, via=Via.WEB)
    with pytest.raises(Refused, match="a lot at once"):
        roster.add_player(game_id=game.id, member=host, person=target, via=Via.WEB)
    roster.add_player(game_id=game.id, member=host, person=other, via=Via.WEB)


def test_a_host_changes_the_roster_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "MOST_OF_A_HOST", 3)
    game = make_game()
    host = game.guild.members.get(user=game.host)
    for number in range(3):
        roster.add_placeholder(game_id=game.id, member=host, name=f"G{number}", via=Via.WEB)
    with pytest.raises(Refused, match="a lot at once"):
        roster.add_placeholder(game_id=game.id, member=host, name="G9", via=Via.WEB)


class TestPictures:
    @pytest.fixture
    def member(self) -> Member:
        return make_member(make_guild())

    def store(self, member: Member) -> Image:
        return store_image(member=member, upload=SimpleUploadedFile("a.png", picture()))

    def test_who_brought_it_is_recorded(self, member: Member) -> None:
        assert self.store(member).uploaded_by == member.user

    def test_one_person_has_a_limit_of_their_own(
        self, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(picture_service, "MOST_A_PERSON", 1)
        self.store(member)
        with pytest.raises(Refused, match="a lot of pictures"):
            self.store(member)
        self.store(make_member(member.guild))

    @pytest.mark.parametrize("limit", ["MOST_KEPT", "MOST_BYTES_KEPT"])
    def test_a_server_has_room_for_so_many(
        self, member: Member, monkeypatch: pytest.MonkeyPatch, limit: str
    ) -> None:
        monkeypatch.setattr(picture_service, limit, 1)
        image = self.store(member)
        with pytest.raises(Refused, match="no room"):
            self.store(member)
        Image.objects.filter(id=image.id).update(created_at=timezone.now() - timedelta(days=2))
        self.store(member)  # the unused one has made way


def test_exports_of_one_person_have_a_limit(client: Client) -> None:
    guild, _channel, member = make_place()
    client.force_login(member.user)
    guild.owner_id = member.user.discord_id or 0
    guild.save()
    address = reverse("games-csv", args=[guild.id])
    answers = [client.get(address).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
