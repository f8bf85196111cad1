"""Freshness of memberships, and answers of Discord that differ or do not come."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from discord_api import loop
from games.models import Game
from guilds.discord_login.token import remember_token
from guilds.enums import Permission
from guilds.models import Guild, Member, Role, User
from tests.factories import make_game, make_guild, make_member, make_user, snowflake
from tests.guilds.fake_discord import TOKEN, FakeDiscord, run

pytestmark = pytest.mark.django_db
OLD = timedelta(minutes=6)


@pytest.fixture
def discord(settings: Settings) -> Iterator[FakeDiscord]:
    with run() as fake:
        settings.DISCORD_BASE_URL = fake.url
        loop.stop()  # an earlier test's client has another address
        yield fake
        loop.stop()


@pytest.fixture
def guild() -> Guild:
    """A guild whose channels everyone may see."""
    guild = make_guild()
    Role.objects.create(
        id=guild.id, guild=guild, name="@everyone", permissions=Permission.VIEW_CHANNEL
    )
    return guild


@pytest.fixture
def user(client: Client) -> User:
    """A user logged in with Discord."""
    user = make_user("Nelly", discord_id=80351110224678912)
    client.force_login(user)
    session = client.session
    remember_token(session, TOKEN)
    session.save()
    return user


def old_member(guild: Guild, user: User) -> Member:
    return make_member(guild, user, refreshed_at=timezone.now() - OLD, role_ids=[1])


def page(guild: Guild) -> str:
    return reverse("guild", args=[guild.id])


def join(client: Client, game: Game) -> int:
    url = reverse("game-join", args=[game.guild_id, game.id])
    return client.post(url, {"form_id": str(uuid4())}).status_code


def test_fresh_member_is_not_asked_for(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    make_member(guild, user)

    assert client.get(page(guild)).status_code == 200
    assert discord.asked == []


def test_old_roles_are_asked_for_once(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    member = old_member(guild, user)
    role = Role.objects.create(id=snowflake(), guild=guild, name="GM", permissions=1 << 5)
    discord.members[guild.id] = {"roles": [str(role.id)], "nick": "Nell"}

    for _ in range(3):
        assert client.get(page(guild)).status_code == 200

    member.refresh_from_db()
    assert (member.nick, member.role_ids, member.permissions) == (
        "Nell",
        [role.id],
        1 << 5 | 1 << 10,
    )
    assert len(discord.asked) == 1


def test_unreachable_discord_shows_what_was_known_and_refuses_changes(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    old_member(guild, user)
    game = make_game(make_member(guild))
    discord.statuses["/member"] = 500

    shown = client.get(page(guild))

    assert shown.status_code == 200
    assert b"Discord is not answering" in shown.content
    assert join(client, game) == 422
    assert not game.participants.exists()
    assert client.get(page(guild)).status_code == 200
    assert len(discord.asked) == 1


def test_discord_coming_back_lets_changes_through(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    old_member(guild, user)
    game = make_game(make_member(guild))
    discord.members[guild.id] = {"roles": []}

    assert join(client, game) == 302
    assert game.participants.get().user == user


def test_revoked_access_logs_out(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    old_member(guild, user)
    discord.statuses["/member"] = 401

    response = client.get(page(guild))

    assert response["Location"].startswith("/?next=")
    assert "_auth_user_id" not in client.session


def test_token_of_another_secret_key_logs_out(
    client: Client, discord: FakeDiscord, guild: Guild, user: User, settings: Settings
) -> None:
    old_member(guild, user)
    session = client.session
    session["discord_token"] = "gAAAAABnonsense"
    session.save()

    assert client.get(page(guild)).status_code == 302
    assert discord.asked == []


def test_who_left_the_guild_gets_404(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    member = old_member(guild, user)

    assert client.get(page(guild)).status_code == 404
    member.refresh_from_db()
    assert member.left_at is not None


def test_newcomer_is_found_without_another_login(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    discord.guilds = [{"id": str(guild.id), "permissions": "0"}]
    discord.members[guild.id] = {"roles": []}

    assert client.get(page(guild)).status_code == 200


def test_stranger_asks_discord_at_most_once_a_minute(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    for _ in range(5):
        assert client.get(page(guild)).status_code == 404
    assert client.get(page(make_guild())).status_code == 404
    assert discord.asked == ["/api/v10/users/@me/guilds"]


def test_guild_the_bot_left_is_shown_but_not_changed(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    make_member(guild, user)
    game = make_game(make_member(guild))
    Guild.objects.filter(id=guild.id).update(left_at=timezone.now())

    shown = client.get(page(guild))

    assert b"not on this server any more" in shown.content
    assert join(client, game) == 422


def test_a_removed_member_changes_nothing_after_a_minute(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    old = timezone.now() - timedelta(seconds=61)
    make_member(guild, user, refreshed_at=old)
    game = make_game(make_member(guild))
    assert client.get(page(guild)).status_code == 200
    assert discord.asked == [], "pages may be older"

    assert join(client, game) == 404
    assert not game.participants.exists()


def test_a_person_whose_own_question_is_limited_is_asked_about_by_the_bot(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    make_member(guild, user, refreshed_at=timezone.now() - timedelta(seconds=61))
    game = make_game(make_member(guild))
    discord.statuses["/member"] = 429
    discord.bot_members[guild.id] = {"roles": []}

    assert join(client, game) == 302
    assert game.participants.get().user == user


def test_the_bot_s_word_that_a_person_has_left_counts_too(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    make_member(guild, user, refreshed_at=timezone.now() - timedelta(seconds=61))
    discord.statuses["/member"] = 429
    assert join(client, make_game(make_member(guild))) == 404


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"[]", b"<html>busy</html>", b'{"roles": ["1"', b"[" * 100_000, b" " * 3_000_000,
        b'{"user": {"id": "5", "username": "another"}, "roles": []}',
        b'{"user": {"id": "80351110224678912", "username": "n"}, "roles": ["9223372036854775808"]}',
        b'{"user": {"id": "80351110224678912", "username": "n"}, "roles": "admin"}',
        b'{"user": {"id": "80351110224678912", "username": "n"}, "roles": [], "nick": {"a": 1}}',
    ],
)  # fmt: skip
def test_odd_answer_about_a_member_shows_what_was_known_and_refuses_changes(
    client: Client, discord: FakeDiscord, guild: Guild, user: User, answer: bytes
) -> None:
    member = old_member(guild, user)
    game = make_game(host=member)
    discord.members[guild.id] = {}
    discord.odd["/member"] = answer

    assert client.get(page(guild)).status_code == 200
    assert join(client, game) != 500

    member.refresh_from_db()
    assert (member.left_at, member.role_ids) == (None, [1])
    assert not game.participants.exists()
    assert not User.objects.filter(discord_id=5).exists()


def test_names_of_a_member_are_kept_without_what_cannot_be_stored(
    client: Client, discord: FakeDiscord, guild: Guild, user: User
) -> None:
    member = old_member(guild, user)
    discord.members[guild.id] = {"roles": [], "nick": "Ne\x00ll\ud800", "avatar": "a" * 90}

    assert client.get(page(guild)).status_code == 200

    member.refresh_from_db()
    assert (member.nick, len(member.avatar)) == ("Nell", 64)
