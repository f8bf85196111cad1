"""What somebody may no longer do ends at once: operators, sessions, tokens, accounts, bans."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from games.enums import Via
from games.services.roster.host import add_player
from games.services.roster.signup import join_game
from guilds.discord_login.token import find_token, remember_token
from guilds.enums import BanKind
from guilds.errors import Refused
from guilds.models import Ban, Guild, Member, Session, User
from guilds.permissions import OUTSIDER, standing_of
from guilds.services import ban as bans
from guilds.services.ban import ban
from guilds.services.feed import find_feed, make_feed
from guilds.services.guild import GuildFacts, mirror_guild, update_guild
from guilds.services.member import UserFacts, see_user
from guilds.services.person import configure_account
from guilds.services.sessions import end_sessions
from guilds.services.settings import configure_guild
from guilds.sessions import BEGAN, BROWSER, browser_of
from tests.factories import make_game, make_guild, make_member, make_user, snowflake
from tests.guilds.fake_discord import TOKEN, FakeDiscord, run

pytestmark = pytest.mark.django_db
PAGE = "/settings/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def discord(settings: Settings) -> Iterator[FakeDiscord]:
    with run() as fake:
        settings.DISCORD_BASE_URL = fake.url
        yield fake


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The servers that the bot was told to leave."""
    told: list[int] = []
    monkeypatch.setattr(bans, "leave_for_good", told.append)
    monkeypatch.setattr("guilds.services.guild.leave_for_good", told.append)
    return told


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def with_token(client: Client, token: str = TOKEN) -> Client:
    session = client.session
    remember_token(session, token)
    session.save()
    return client


def age(client: Client, by: timedelta) -> None:
    """Make the client's log-in that much older."""
    session = client.session
    session[BEGAN] -= by.total_seconds()
    session.save()


def facts_of(guild: Guild) -> GuildFacts:
    return GuildFacts(
        guild.id, guild.name, icon="", owner_id=guild.owner_id, locale="", roles=(), channels=()
    )


# --- Operators -------------------------------------------------------------------------------


def test_an_operator_ends_with_the_next_request_once_the_id_is_taken_out(
    settings: Settings,
) -> None:
    user = make_user(is_staff=True, is_superuser=True)
    settings.DISCORD_OWNER_IDS = [user.discord_id]
    client, elsewhere = logged_in(user), logged_in(user)
    assert client.get(reverse("admin:index")).status_code == 200

    settings.DISCORD_OWNER_IDS = []

    assert client.get(reverse("admin:index")).status_code == 302
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert elsewhere.get(PAGE).status_code == 302, "every session had the right"
    assert not Session.objects.filter(user=user).exists()


def test_a_local_operator_and_staff_stay_what_they_are(settings: Settings) -> None:
    settings.DISCORD_OWNER_IDS = []
    local = logged_in(User.objects.create_superuser("operator", "a-long-password"))
    staff = logged_in(make_user(is_staff=True))

    for client in (local, staff):
        assert client.get(reverse("admin:index")).status_code == 200


def test_who_is_shut_out_of_the_admin_is_out_of_open_sessions_too() -> None:
    operator = logged_in(User.objects.create_superuser("operator", "a-long-password"))
    user = make_user(is_staff=True)
    client = logged_in(user)
    action = {"action": "shut_out", "_selected_action": [user.pk]}

    operator.post(reverse("admin:guilds_user_changelist"), action)

    assert client.get(PAGE).status_code == 302


def test_every_change_of_rights_and_every_act_in_the_admin_is_in_the_log() -> None:
    operator = User.objects.create_superuser("operator", "a-long-password")
    client, user, servers = logged_in(operator), make_user("Sam"), snowflake()
    people = reverse("admin:guilds_user_changelist")

    with structlog.testing.capture_logs() as logs:
        for action in ("let_in", "shut_out", "log_out", "ban", "forget"):
            client.post(people, {"action": action, "_selected_action": [user.pk]})
        client.post(
            reverse("admin:guilds_ban_add"),
            {"kind": "server", "discord_id": str(servers), "reason": "spam"},
        )

    events = [line["event"] for line in logs]
    for event in ("staff_changed", "sessions_ended", "banned", "person_deleted"):
        assert event in events
    told = [line for line in logs if line["event"] == "admin"]
    assert [line["change"] for line in told][:5] == [
        "let_in",
        "shut_out",
        "log_out",
        "ban",
        "forget",
    ]
    assert {line["user_id"] for line in told} == {operator.id}
    assert LogEntry.objects.filter(object_id=str(user.pk)).count() == 5
    assert ("server", servers) in [(line.get("kind"), line.get("discord_id")) for line in logs]


def test_roles_that_may_host_or_manage_are_in_the_log() -> None:
    guild = make_guild()
    owner = Member.objects.select_related("user", "guild").get(guild=guild)
    guild.roles.create(id=77, name="GM")

    with structlog.testing.capture_logs() as logs:
        configure_guild(member=owner, values={"manager_role_ids": [77], "max_players": 3})

    line = next(line for line in logs if line["event"] == "guild_configured")
    assert (line["guild_id"], line["user_id"]) == (guild.id, owner.user_id)
    assert line["manager_role_ids"] == [77]


# --- Sessions --------------------------------------------------------------------------------


def test_own_sessions_are_listed_with_browser_and_age_and_can_be_ended_one_by_one() -> None:
    user = make_user()
    here, phone = logged_in(user), logged_in(user)
    session = here.session
    session[BROWSER] = browser_of(FIREFOX)
    session.save()
    stranger = logged_in(make_user())

    text = here.get(PAGE).content.decode()
    assert "Firefox, Linux" in text
    assert text.count('name="session"') == 1, "one's own has Log out in the menu"
    for key in (here.session.session_key, phone.session.session_key):
        assert key and key not in text
    name = re.search(r'name="session" value="(\w+)"', text)
    assert name

    stranger.post(reverse("log-out-session"), {"session": name[1]})
    assert phone.get(PAGE).status_code == 200
    here.post(reverse("log-out-session"), {"session": name[1]})
    assert phone.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200


@pytest.mark.parametrize("name", ["", "x", "\x00", "9" * 5000])
def test_a_session_that_is_not_there_ends_nothing(name: str) -> None:
    client = logged_in(make_user())

    assert client.post(reverse("log-out-session"), {"session": name}).status_code == 302
    assert client.get(PAGE).status_code == 200


def test_a_session_ends_after_its_lifetime_however_much_it_is_used(settings: Settings) -> None:
    client = logged_in(make_user())
    began = timezone.now()

    with time_machine.travel(began, tick=False) as clock:
        for _day in range(59):
            clock.shift(timedelta(hours=12))
            assert client.get(PAGE).status_code == 200
            session = client.session
            session["used"] = True
            session.save()
        clock.move_to(began + settings.SESSION_LIFETIME + timedelta(seconds=1))
        assert client.get(PAGE).status_code == 302


def test_logging_out_everywhere_revokes_the_tokens_at_discord(
    discord: FakeDiscord, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user = make_user()
    with_token(logged_in(user))
    with_token(logged_in(user), "another-token")

    with django_capture_on_commit_callbacks(execute=True):
        end_sessions(user)

    assert discord.asked == ["/api/oauth2/token/revoke"] * 2
    assert {form["token"] for form in discord.forms} == {TOKEN, "another-token"}
    assert all(form["client_secret"] for form in discord.forms)


def test_sessions_end_though_discord_does_not_answer(
    settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.DISCORD_BASE_URL = "http://127.0.0.1:1"
    user = make_user()
    client = with_token(logged_in(user))

    with django_capture_on_commit_callbacks(execute=True):
        end_sessions(user)

    assert client.get(PAGE).status_code == 302


def test_calendar_addresses_are_revoked_where_asked() -> None:
    user = make_user()
    token = make_feed(user=user)

    logged_in(user).post(reverse("log-out-everywhere"))
    assert find_feed(token, is_of_guild=False)
    user.refresh_from_db()
    logged_in(user).post(reverse("log-out-everywhere"), {"calendars": "yes"})
    assert find_feed(token, is_of_guild=False) is None


def test_deleting_needs_a_fresh_login() -> None:
    user = make_user()
    client = logged_in(user)
    age(client, timedelta(minutes=11))

    page = client.get(reverse("delete-me"))
    assert page.status_code == 200
    assert 'name="sure"' not in page.text and reverse("discord_login") in page.text
    assert client.post(reverse("delete-me"), {"sure": "yes"}).status_code == 403
    assert User.objects.filter(id=user.id).exists()

    client.force_login(user)
    assert client.post(reverse("delete-me"), {"sure": "yes"}).status_code == 302
    assert not User.objects.filter(id=user.id).exists()


def test_an_earlier_secret_key_still_opens_sessions_and_tokens(settings: Settings) -> None:
    client = with_token(logged_in(make_user()))
    old = settings.SECRET_KEY

    settings.SECRET_KEY = "another-key-another-key-another-key-another-key-another-key"
    assert find_token(client.session) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert find_token(client.session) == TOKEN
    assert client.get(reverse("landing")).context["user"].is_authenticated


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/18 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Safari/537.36", "Chrome, Android"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_and_nothing_finer_is_kept(header: str, name: str) -> None:
    assert browser_of(header) == name


# --- Accounts switched off, and bans -----------------------------------------------------------


def test_an_account_switched_off_has_no_right_left_anywhere() -> None:
    member = make_member(make_guild(), permissions=8)
    game = make_game(member)
    configure_account(user=member.user, values={"is_active": False})
    member.user.refresh_from_db()

    assert standing_of(member, member.guild) == OUTSIDER
    with pytest.raises(Refused):
        join_game(game_id=make_game(make_member(member.guild)).id, member=member, via=Via.BOT)
    host = make_member(member.guild)
    with pytest.raises(Refused):
        add_player(game_id=make_game(host).id, member=host, person=member, via=Via.BOT)
    assert game.host_id == member.user_id, "what they began stays, for managers to decide"


def test_a_banned_person_stays_out_after_deletion_and_comes_back_when_it_is_lifted() -> None:
    operator = User.objects.create_superuser("operator", "a-long-password")
    user = make_user("Sam")
    facts = UserFacts(discord_id=user.discord_id or 0, username="sam")
    client, feed = logged_in(user), make_feed(user=user)

    row = ban(kind=BanKind.PERSON, discord_id=facts.discord_id, by=operator)

    assert client.get(PAGE).status_code == 302
    assert find_feed(feed, is_of_guild=False) is None
    with pytest.raises(Refused):
        configure_account(user=user, values={"is_active": True})
    User.objects.filter(id=user.id).delete()
    assert not see_user(facts).is_active, "the ban outlasts the row"
    bans.lift(row, by=operator)
    assert see_user(facts).is_active


def test_whoever_runs_the_site_cannot_be_banned(settings: Settings) -> None:
    operator = make_user(is_superuser=True)
    settings.DISCORD_OWNER_IDS = [operator.discord_id, 42]

    for discord_id in (operator.discord_id or 0, 42):
        with pytest.raises(Refused):
            ban(kind=BanKind.PERSON, discord_id=discord_id, by=operator)
    assert not Ban.objects.exists()


def test_a_banned_server_is_left_and_left_again_when_it_invites_the_bot(left: list[int]) -> None:
    operator = User.objects.create_superuser("operator", "a-long-password")
    guild = make_guild()
    member = make_member(guild)
    client = logged_in(member.user)
    address = reverse("guild", args=[guild.id])
    assert client.get(address).status_code == 200

    ban(kind=BanKind.SERVER, discord_id=guild.id, by=operator)

    assert left == [guild.id]
    assert client.get(address).status_code == 404
    mirror_guild(facts_of(guild))
    update_guild(guild_id=guild.id, name="Another name", icon="", owner_id=guild.owner_id)
    guild.refresh_from_db()
    assert guild.left_at and guild.is_banned
    assert left == [guild.id, guild.id]
    assert standing_of(member, guild) == OUTSIDER

    bans.lift(Ban.objects.get(), by=operator)
    mirror_guild(facts_of(guild))
    assert Guild.objects.filter(id=guild.id, left_at=None).exists()
    assert client.get(address).status_code == 200


def test_a_server_banned_before_it_was_known_is_left_as_it_comes(left: list[int]) -> None:
    operator = User.objects.create_superuser("operator", "a-long-password")
    unknown = Guild(id=snowflake(), name="New", owner_id=1)

    ban(kind=BanKind.SERVER, discord_id=unknown.id, by=operator)
    mirror_guild(facts_of(unknown))

    guild = Guild.objects.get(id=unknown.id)
    assert guild.is_banned and guild.left_at
    assert left == [unknown.id] * 2


def test_operators_ban_from_the_lists_of_people_and_servers(left: list[int]) -> None:
    client = logged_in(User.objects.create_superuser("operator", "a-long-password"))
    user, guild = make_user(), make_guild()

    for model, row in (("user", user), ("guild", guild)):
        address = reverse(f"admin:guilds_{model}_changelist")
        client.post(address, {"action": "ban", "_selected_action": [row.pk]})

    assert set(Ban.objects.values_list("kind", "discord_id")) == {
        ("person", user.discord_id),
        ("server", guild.id),
    }
    every = list(Ban.objects.values_list("pk", flat=True))
    action = {"action": "lift", "_selected_action": every}
    client.post(reverse("admin:guilds_ban_changelist"), action)
    assert not Ban.objects.exists()


def test_staff_of_a_server_bans_nobody() -> None:
    guild = make_guild()
    staff = make_user(is_staff=True)
    make_member(guild, staff, permissions=8)
    client = logged_in(staff)

    client.post(
        reverse("admin:guilds_guild_changelist"), {"action": "ban", "_selected_action": [guild.pk]}
    )
    assert client.get(reverse("admin:guilds_ban_changelist")).status_code == 403
    assert client.get(reverse("admin:guilds_ban_add")).status_code == 403
    assert not Ban.objects.exists()
