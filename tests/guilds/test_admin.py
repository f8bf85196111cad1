import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

import gamesched.urls  # noqa: F401 -- finds the pages of the admin
from games.enums import Via
from games.services.roster.signup import join_game
from guilds.models import Guild, Role, User
from guilds.signals import sessions_ended
from tests.factories import make_game, make_member, make_user, snowflake

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> User:
    user = User.objects.create_superuser("operator", "a-long-password")
    client.force_login(user)
    return user


def test_every_page_of_the_admin_opens(client: Client, operator: User) -> None:
    game = make_game()
    join_game(game_id=game.id, member=make_member(game.guild), via=Via.BOT)

    for model, model_admin in admin.site._registry.items():
        info = (model._meta.app_label, model._meta.model_name)
        listing = client.get(reverse("admin:{}_{}_changelist".format(*info)), {"q": "x"})
        assert listing.status_code == 200, info
        row = model._default_manager.first()
        if row is not None:
            page = client.get(reverse("admin:{}_{}_change".format(*info), args=[row.pk]))
            assert page.status_code == 200, (info, model_admin)
            assert "unsafe" not in page["Content-Security-Policy"]


def test_settings_are_taken_as_people_say_them(client: Client, operator: User) -> None:
    guild = make_game().guild
    form = {
        "reminder_minutes": "1 day, 2 hours",
        "duration_minutes": "1.5h",
        "timezone": "london",
        "archive": "keep",
        "archive_after_minutes": "2 hours",
        "below_minimum": "run",
        "decide_minutes": "1h30",
    }

    response = client.post(reverse("admin:guilds_guild_change", args=[guild.id]), form)

    assert response.status_code == 302
    guild.refresh_from_db()
    assert (guild.reminder_minutes, guild.duration_minutes) == ([1440, 120], 90)
    assert (guild.timezone, guild.decide_minutes) == ("Europe/London", 90)
    assert guild.archive_after_minutes == 120
    page = client.get(reverse("admin:guilds_guild_change", args=[guild.id])).content.decode()
    assert 'value="1d, 2h"' in page
    assert 'value="1h 30m"' in page


def test_guild_settings_are_edited_and_nothing_else(client: Client, operator: User) -> None:
    guild = make_game().guild
    role = Role.objects.create(id=snowflake(), guild=guild, name="GM")
    form = {
        "max_players": "7",
        "reminder_minutes": "15, 60",
        "default_rules": "Be kind.",
        "duration_minutes": "",
        "timezone": "Europe/Paris",
        "locale": "fr",
        "remind_by_dm": "on",
        "manager_role_ids": [str(role.id)],
        "archive": "keep",
        "archive_after_minutes": "60",
        "archive_channel_id": "",
        "below_minimum": "run",
        "decide_minutes": "60",
        "mention_unreachable": "on",
        "name": "Hijacked",
        "owner_id": "1",
    }

    response = client.post(reverse("admin:guilds_guild_change", args=[guild.id]), form)

    assert response.status_code == 302
    changed = Guild.objects.get(id=guild.id)
    assert (changed.max_players, changed.reminder_minutes) == (7, [60, 15])
    assert (changed.manager_role_ids, changed.host_role_ids) == ([role.id], [])
    assert (changed.timezone, changed.remind_by_dm) == ("Europe/Paris", True)
    assert (changed.name, changed.owner_id) == (guild.name, guild.owner_id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Mars/Base"),
        ("max_players", "0"),
        ("max_players", "101"),
        ("reminder_minutes", "0"),
        ("reminder_minutes", "1,2,3,4,5,6"),
        ("reminder_minutes", "x"),
        ("manager_role_ids", "1"),
        ("archive_channel_id", "1"),
        ("archive", "move"),
        ("decide_minutes", "0"),
        ("default_rules", "x" * 1001),
        ("duration_minutes", "99999999"),
    ],
)
def test_bad_guild_settings_are_refused(
    client: Client, operator: User, field: str, value: str
) -> None:
    guild = make_game().guild
    form = {
        "archive": "keep",
        "archive_after_minutes": "60",
        "below_minimum": "run",
        "decide_minutes": "60",
        field: value,
    }

    response = client.post(reverse("admin:guilds_guild_change", args=[guild.id]), form)

    assert response.status_code == 200
    assert b"errorlist" in response.content


def test_games_and_people_are_read_only(client: Client, operator: User) -> None:
    game = make_game()

    for name, pk in (("games_game", game.pk), ("guilds_member", make_member(game.guild).pk)):
        url = reverse(f"admin:{name}_change", args=[pk])
        assert client.post(url, {"title": "x"}).status_code == 403
        assert client.get(reverse(f"admin:{name}_add")).status_code == 403
        assert client.post(reverse(f"admin:{name}_delete", args=[pk])).status_code == 403


def test_staff_rights_are_not_given_by_the_admin(client: Client, operator: User) -> None:
    user = make_user()
    form = {"timezone": "", "locale": "", "is_active": "on", "is_staff": "on", "is_superuser": "on"}

    client.post(reverse("admin:guilds_user_change", args=[user.id]), form)

    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_account_switched_off_is_out_at_once_and_stays_out(client: Client, operator: User) -> None:
    user, browser = make_user(), Client()
    browser.force_login(user)
    assert browser.get(reverse("my-games")).status_code == 200
    address = reverse("admin:guilds_user_change", args=[user.id])
    form = {"timezone": "", "locale": ""}
    told: list[User] = []

    def hear(*, user: User, **_kwargs: object) -> None:
        told.append(user)

    sessions_ended.connect(hear)
    try:
        client.post(address, {**form, "timezone": "Europe/Paris", "is_active": "on"})
        assert not told
        assert browser.get(reverse("my-games")).status_code == 200
        client.post(address, form)
    finally:
        sessions_ended.disconnect(hear)

    assert user in told
    assert browser.get(reverse("my-games")).status_code == 302
    client.post(address, {**form, "is_active": "on"})
    user.refresh_from_db()
    assert user.is_active
    assert browser.get(reverse("my-games")).status_code == 302


def test_account_with_an_unknown_zone_is_refused_beside_the_field(
    client: Client, operator: User
) -> None:
    user = make_user()
    address = reverse("admin:guilds_user_change", args=[user.id])

    page = client.post(address, {"timezone": "Mars/Base", "locale": "", "is_active": "on"})

    assert "I do not know that time zone." in page.content.decode()
    user.refresh_from_db()
    assert user.timezone == ""


def test_only_staff_may_enter(client: Client) -> None:
    client.force_login(make_user())

    response = client.get(reverse("admin:games_game_changelist"))

    assert response.status_code == 302
