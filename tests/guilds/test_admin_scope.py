"""Guild admins see only their own guilds in the admin."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

import gamesched.urls  # noqa: F401 -- finds the pages of the admin
from games.enums import Status, Via
from games.models import Game, Participant, Template
from games.services.roster.signup import join_game
from guilds.discord_login.token import remember_token
from guilds.enums import Permission
from guilds.models import Ban, Channel, Guild, Member, Role, User
from notifications.enums import State, Target
from notifications.models import Announcement, Delivery
from tests.factories import make_channel, make_game, make_guild, make_member, make_user, snowflake
from tests.guilds.fake_discord import TOKEN, FakeDiscord, run

pytestmark = pytest.mark.django_db
SECRET = "Secret society"


@pytest.fixture
def staff(client: Client) -> Member:
    """A logged-in administrator of one guild who may enter the admin."""
    user = make_user("Sam", is_staff=True)
    member = make_member(make_guild(), user, permissions=int(Permission.MANAGE_GUILD))
    client.force_login(user)
    return member


def furnish(guild: Guild, title: str) -> Game:
    """Make a row in every table."""
    member = make_member(guild, make_user(title))
    game = make_game(member, make_channel(guild, title[:20]), title=title)
    join_game(game_id=game.id, member=make_member(guild, make_user(title)), via=Via.BOT)
    Role.objects.create(id=snowflake(), guild=guild, name=title)
    Template.objects.create(guild=guild, name=title)
    Announcement.objects.get_or_create(game=game, defaults={"channel_id": game.channel_id})
    Delivery.objects.create(
        dedupe_key=f"{title}-{game.id}",
        game=game,
        guild_id=guild.id,
        notice="added",
        target=Target.USER,
        target_id=1,
        due_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    return game


def listing(model: type) -> str:
    meta: Any = getattr(model, "_meta")  # noqa: B009
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


OURS = [
    m for m in admin.site._registry if m._meta.app_label in {"guilds", "games", "notifications"}
]


def test_staff_sees_own_guild_everywhere_and_no_other(client: Client, staff: Member) -> None:
    furnish(staff.guild, "Our table")
    other = make_guild(name=SECRET)
    furnish(other, SECRET)

    for model in OURS:
        page = client.get(listing(model))
        if model in {User, Ban}:
            assert page.status_code == 403
            continue
        assert page.status_code == 200, model
        text = page.content.decode()
        assert SECRET not in text, model
        path = getattr(admin.site._registry[model], "guild_path", "")
        assert path, model
        for row in model._default_manager.filter(**{path: other.id}):
            refused = client.get(change(row))
            assert refused.status_code == 302, model
            assert SECRET not in client.get(refused["Location"], follow=True).content.decode()
            assert client.post(change(row), {}).status_code in {302, 403}
            history = reverse(
                f"admin:{model._meta.app_label}_{model._meta.model_name}_history", args=[row.pk]
            )
            assert SECRET not in client.get(history, follow=True).content.decode()
        for row in model._default_manager.filter(**{path: staff.guild_id})[:1]:
            assert client.get(change(row)).status_code == 200, model


def test_index_names_only_what_staff_may_open(client: Client, staff: Member) -> None:
    text = client.get(reverse("admin:index")).content.decode()

    assert listing(Game) in text
    assert listing(User) not in text
    assert "celery" not in text.lower()


@pytest.mark.parametrize(
    "query",
    [
        {"q": SECRET},
        {"guild__name": SECRET},
        {"guild__id__exact": "1"},
        {"host__display_name__startswith": "S"},
        {"e": "1"},
    ],
)
def test_searching_and_filtering_find_nothing_of_others(
    client: Client, staff: Member, query: dict[str, str]
) -> None:
    furnish(make_guild(name=SECRET), SECRET)

    text = client.get(listing(Game), query, follow=True).content.decode()

    assert change(Game.objects.get(title=SECRET)) not in text


def test_actions_do_not_reach_other_guilds(client: Client, staff: Member) -> None:
    own, other = furnish(staff.guild, "Our table"), furnish(make_guild(), SECRET)
    for model, action in (
        (Game, "cancel"),
        (Participant, "remove"),
        (Template, "remove"),
        (Announcement, "repost"),
        (Delivery, "drop"),
        (Delivery, "retry"),
    ):
        foreign = model._default_manager.filter(
            **{admin.site._registry[model].guild_path: other.guild_id}  # type: ignore[attr-defined]
        )
        data = {"action": action, "_selected_action": [row.pk for row in foreign]}
        client.post(listing(model), data)
    other.refresh_from_db()
    assert other.status == Status.SCHEDULED
    assert other.participants.count() == 1
    assert Template.objects.filter(guild=other.guild).exists()
    assert Delivery.objects.get(game=other, notice="added").state == State.PENDING

    client.post(listing(Game), {"action": "cancel", "_selected_action": [own.pk]})
    own.refresh_from_db()
    assert own.status == Status.CANCELLED
    made = own.changes.first()
    assert made is not None
    assert (made.actor, made.via) == (staff.user, Via.ADMIN)


def test_player_is_removed_by_the_service(client: Client, staff: Member) -> None:
    game = furnish(staff.guild, "Our table")
    participant = game.participants.get()

    client.post(listing(Participant), {"action": "remove", "_selected_action": [participant.pk]})

    assert not game.participants.exists()
    assert Delivery.objects.filter(game=game, notice="removed").exists()


def settings_form(**changes: str) -> dict[str, str]:
    return {
        "archive": "keep",
        "archive_after_minutes": "60",
        "below_minimum": "run",
        "decide_minutes": "60",
        **changes,
    }


def test_settings_of_the_own_guild_alone_are_changed(client: Client, staff: Member) -> None:
    other = make_guild()

    assert client.post(change(staff.guild), settings_form(max_players="7")).status_code == 302
    client.post(change(other), settings_form(max_players="7"))

    staff.guild.refresh_from_db()
    other.refresh_from_db()
    assert (staff.guild.max_players, other.max_players) == (7, None)
    channel = make_channel(staff.guild)
    assert client.post(change(channel), {"max_players": "3"}).status_code == 302
    channel.refresh_from_db()
    assert (channel.max_players, channel.is_active) == (3, False)


def test_staff_without_a_guild_to_administer_sees_nothing(client: Client) -> None:
    user = make_user(is_staff=True)
    member = make_member(make_guild(), user)
    game = furnish(member.guild, "Our table")
    client.force_login(user)

    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get(listing(Game)).status_code == 403
    assert client.get(change(game)).status_code in {302, 403}


def test_who_lost_the_right_or_left_loses_the_rows(client: Client, staff: Member) -> None:
    furnish(staff.guild, "Our table")
    assert client.get(listing(Game)).status_code == 200
    staff.permissions = 0
    staff.save()
    assert client.get(listing(Game)).status_code == 403
    staff.permissions, staff.left_at = int(Permission.ADMINISTRATOR), timezone.now()
    staff.save()
    assert client.get(listing(Game)).status_code == 403


@pytest.fixture
def discord(settings: Settings) -> Iterator[FakeDiscord]:
    with run() as fake:
        settings.DISCORD_BASE_URL = fake.url
        yield fake


def test_old_roles_are_asked_for_and_unanswered_change_nothing(
    client: Client, staff: Member, discord: FakeDiscord
) -> None:
    session = client.session
    remember_token(session, TOKEN)
    session.save()
    game = furnish(staff.guild, "Our table")
    Member.objects.filter(id=staff.id).update(refreshed_at=timezone.now() - timedelta(minutes=6))
    discord.statuses["/member"] = 500

    assert client.get(listing(Game)).status_code == 200
    answer = client.post(listing(Game), {"action": "cancel", "_selected_action": [game.pk]})
    assert "Discord is not answering" in str([str(m) for m in get_messages(answer.wsgi_request)])
    assert client.post(change(staff.guild), settings_form(max_players="7")).status_code == 403
    game.refresh_from_db()
    assert game.status == Status.SCHEDULED

    discord.statuses["/member"] = 401
    client.cookies.load({"sessionid": session.session_key or ""})
    fresh = client.session
    fresh["discord_asked"] = {}
    fresh.save()
    assert client.get(listing(Game)).status_code == 403


def test_operator_lets_in_shuts_out_and_deletes(client: Client) -> None:
    operator = User.objects.create_superuser("operator", "a-long-password")
    client.force_login(operator)
    user = make_user("Sam")

    def act(action: str, *users: User) -> str:
        data = {"action": action, "_selected_action": [u.pk for u in users]}
        return client.post(listing(User), data, follow=True).content.decode()

    act("let_in", user)
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (True, False)
    act("shut_out", user)
    user.refresh_from_db()
    assert not user.is_staff
    assert "DISCORD_OWNER_IDS" in act("shut_out", operator)
    act("log_out", user)
    act("forget", user, operator)
    assert not User.objects.filter(id=user.id).exists()
    assert User.objects.filter(id=operator.id).exists()


def test_staff_may_not_promote_anybody(client: Client, staff: Member) -> None:
    user = make_member(staff.guild).user

    data = {"action": "let_in", "_selected_action": [user.pk]}
    assert client.post(listing(User), data).status_code == 403
    user.refresh_from_db()
    assert not user.is_staff


def test_channels_of_others_are_no_choice(client: Client, staff: Member) -> None:
    make_channel(make_guild(), SECRET)
    assert Channel.objects.filter(name=SECRET).exists()

    assert SECRET not in client.get(change(staff.guild)).content.decode()
