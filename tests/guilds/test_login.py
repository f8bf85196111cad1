import json
import logging
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from structlog.stdlib import ProcessorFormatter

from guilds.discord_login import api
from guilds.models import Member, Session, User
from guilds.services.member import UserFacts, see_user
from tests.duration import within
from tests.factories import make_guild, make_member, make_user
from tests.guilds.fake_discord import TOKEN, FakeDiscord, run

NELLY = 80351110224678912
pytestmark = pytest.mark.django_db


@pytest.fixture
def discord(settings: Settings) -> Iterator[FakeDiscord]:
    with run() as fake:
        settings.DISCORD_BASE_URL = fake.url
        yield fake


def begin(client: Client, query: str = "", **data: str) -> dict[str, str]:
    """Press the log-in button; returns the parameters of the redirect to Discord."""
    response = client.post(f"{reverse('discord_login')}{query}", data)
    assert response.status_code == 302
    url = urlsplit(response["Location"])
    assert url.path == "/oauth2/authorize"
    return {name: values[0] for name, values in parse_qs(url.query).items()}


def come_back(client: Client, **query: str) -> Any:
    return client.get(reverse("discord_callback"), query)


def log_in(client: Client, **data: str) -> Any:
    return come_back(client, code="a-code", state=begin(client, **data)["state"])


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_login_sends_state_pkce_and_our_scopes(client: Client, discord: FakeDiscord) -> None:
    sent = begin(client, "?scope=bot,guilds.join&auth_params=prompt%3Dx&process=connect")

    assert len(sent["state"]) >= 43
    assert sent["code_challenge_method"] == "S256"
    assert sent["code_challenge"]
    assert sorted(sent["scope"].split()) == ["guilds", "guilds.members.read", "identify"]
    assert sent["prompt"] == "none"
    assert sent["redirect_uri"] == "http://localhost:8000/accounts/discord/login/callback/"


def test_login_makes_the_user(client: Client, discord: FakeDiscord) -> None:
    discord.profile |= {"global_name": "Nelly", "locale": "de"}

    response = log_in(client)

    assert response["Location"] == reverse("my-games")
    user = User.objects.get(discord_id=NELLY)
    assert (user.name, user.locale) == ("Nelly", "de")
    assert not user.has_usable_password()
    assert not user.is_staff
    assert discord.forms[0]["code_verifier"]
    assert discord.authorizations[1] == f"Bearer {TOKEN}"


def test_login_finds_the_user_whom_the_bot_saw(client: Client, discord: FakeDiscord) -> None:
    seen = see_user(UserFacts(discord_id=NELLY, username="old name"))
    make_user("nelly", discord_id=5)

    log_in(client)
    log_in(client)

    assert client.session["_auth_user_id"] == str(seen.id)
    assert User.objects.get(discord_id=NELLY).display_name == "nelly"


def test_token_is_encrypted_and_in_the_session_alone(client: Client, discord: FakeDiscord) -> None:
    log_in(client)

    assert TOKEN not in str(dict(client.session.items()))
    assert TOKEN not in str(Session.objects.get().get_decoded())
    assert not SocialToken.objects.exists()
    assert not SocialAccount.objects.exists()


def test_login_starts_another_session(client: Client, discord: FakeDiscord) -> None:
    state = begin(client)["state"]
    before = client.session.session_key

    come_back(client, code="a-code", state=state)

    assert client.session.session_key != before


@pytest.mark.parametrize("owner_ids", [[], [NELLY]])
def test_owner_ids_make_and_unmake_staff(
    client: Client, discord: FakeDiscord, settings: Settings, owner_ids: list[int]
) -> None:
    user = see_user(UserFacts(discord_id=NELLY, username="nelly"))
    User.objects.filter(id=user.id).update(is_staff=not owner_ids, is_superuser=not owner_ids)
    settings.DISCORD_OWNER_IDS = owner_ids

    log_in(client)

    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (bool(owner_ids), bool(owner_ids))


def test_login_learns_the_guilds(client: Client, discord: FakeDiscord) -> None:
    user = see_user(UserFacts(discord_id=NELLY, username="nelly"))
    joined, left, elsewhere = make_guild(), make_guild(), make_guild()
    make_member(left, user)
    discord.guilds = [
        {"id": str(joined.id), "permissions": "8"},
        {"id": "77", "permissions": "0"},
    ]

    log_in(client)

    present = Member.objects.filter(user=user, left_at__isnull=True)
    assert [member.guild_id for member in present] == [joined.id]
    assert not Member.objects.filter(user=user, guild=elsewhere).exists()


def test_login_without_the_list_of_guilds_still_works(client: Client, discord: FakeDiscord) -> None:
    discord.statuses["/guilds"] = 500

    assert log_in(client).status_code == 302
    assert is_logged_in(client)


@pytest.mark.parametrize(
    ("path", "status", "shown"),
    [
        ("/users/@me", 401, 400),
        ("/users/@me", 429, 503),
        ("/users/@me", 500, 503),
        ("/oauth2/token", 400, 400),
        ("/oauth2/token", 401, 400),
        ("/oauth2/token", 502, 503),
    ],
)
def test_discord_failing_is_said(
    client: Client, discord: FakeDiscord, path: str, status: int, shown: int
) -> None:
    discord.statuses[path] = status

    response = log_in(client)

    assert response.status_code == shown
    assert b"Log in with Discord" in response.content
    assert not is_logged_in(client)


def test_discord_unreachable_is_said(client: Client, settings: Settings) -> None:
    settings.DISCORD_BASE_URL = "http://127.0.0.1:1"

    response = log_in(client)

    assert response.status_code == 503
    assert "Discord is not answering" in response.content.decode()


@pytest.mark.parametrize("profile", [{}, {"id": None}, {"id": "x"}, [], "text"])
def test_a_profile_that_is_none_is_refused(
    client: Client, discord: FakeDiscord, profile: dict[str, str]
) -> None:
    discord.profile = profile

    assert log_in(client).status_code == 503


DEEP = b"[" * 100_000
ODD = [
    b"", b"null", b"5", b"[1]", b"<html>busy</html>", b'{"id": "803511', b'{"a":' * 100_000, DEEP,
    b" " * 3_000_000, b"\xff\xfe",
]  # fmt: skip


@pytest.mark.parametrize("body", ODD)
@pytest.mark.parametrize("path", ["/oauth2/token", "/users/@me"])
def test_odd_answer_to_a_login_is_said(
    client: Client, discord: FakeDiscord, path: str, body: bytes
) -> None:
    discord.odd[path] = body

    response = log_in(client)

    assert response.status_code == 503
    assert "Discord is not answering" in response.content.decode()
    assert not is_logged_in(client)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/oauth2/token", {"access_token": "a\nb"}),
        ("/oauth2/token", {"access_token": "a\x00b"}),
        ("/oauth2/token", {"access_token": ["a"]}),
        ("/users/@me", {"id": str(2**63), "username": "nelly"}),
        ("/users/@me", {"id": "9" * 5000, "username": "nelly"}),
        ("/users/@me", {"id": -5, "username": "nelly"}),
        ("/users/@me", {"id": str(NELLY), "username": {"x": 1}}),
        ("/users/@me", {"id": str(NELLY), "username": "nelly", "avatar": [1]}),
    ],
)
def test_odd_value_in_a_login_is_said(
    client: Client, discord: FakeDiscord, path: str, answer: dict[str, Any]
) -> None:
    discord.odd[path] = json.dumps(answer).encode()

    assert log_in(client).status_code == 503
    assert not is_logged_in(client)


@pytest.mark.parametrize("expires_in", [10**30, "soon", -1, None, {}])
def test_odd_lifetime_of_a_token_is_no_trouble(
    client: Client, discord: FakeDiscord, expires_in: object
) -> None:
    answer = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": expires_in}
    discord.odd["/oauth2/token"] = json.dumps(answer).encode()

    assert log_in(client).status_code == 302


def test_names_are_kept_without_what_cannot_be_stored(client: Client, discord: FakeDiscord) -> None:
    discord.profile |= {"global_name": "Ne\x00l\ud800ly", "avatar": "a" * 500, "locale": "d\x00e"}

    assert log_in(client).status_code == 302

    user = User.objects.get(discord_id=NELLY)
    assert (user.name, user.locale, len(user.avatar)) == ("Nelly", "de", 64)


@pytest.mark.parametrize("path", ["/oauth2/token", "/users/@me"])
def test_dripping_answer_ends_within_the_time_out(
    client: Client, discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(api, "SECONDS", 1.0)
    discord.odd[path] = b'{"access_token": "' + b"x" * 900 + b'"}'
    discord.pause = 0.1

    with within(8):
        response = log_in(client)

    assert response.status_code == 503


@pytest.mark.parametrize(
    "guilds",
    [
        [5],
        [{"id": "x"}],
        [{"permissions": "8"}],
        [{"id": str(2**63)}],
        [{"id": "5", "permissions": "-1"}],
        {},
        "x",
    ],
)
def test_odd_list_of_guilds_takes_nobody_off_a_server(
    client: Client, discord: FakeDiscord, guilds: Any
) -> None:
    user = see_user(UserFacts(discord_id=NELLY, username="nelly"))
    member = make_member(make_guild(), user)
    discord.guilds = guilds

    assert log_in(client).status_code == 302

    member.refresh_from_db()
    assert member.left_at is None


def test_permissions_beyond_bigint_are_no_trouble(client: Client, discord: FakeDiscord) -> None:
    guild = make_guild()
    discord.guilds = [{"id": str(guild.id), "permissions": str(2**70 + 8)}]

    assert log_in(client).status_code == 302

    assert Member.objects.get(guild=guild, user__discord_id=NELLY).permissions == 8


def test_every_request_of_a_login_says_who_asks(
    client: Client, discord: FakeDiscord, settings: Settings
) -> None:
    log_in(client)

    assert set(discord.agents) == {settings.DISCORD_USER_AGENT}
    assert re.fullmatch(r"DiscordBot \(http://localhost:8000, \d+\.\d+\.\d+\)", discord.agents[0])


@pytest.mark.parametrize("state", ["", "wrong", "х" * 43])
def test_wrong_state_is_refused(client: Client, discord: FakeDiscord, state: str) -> None:
    begin(client)

    response = come_back(client, code="a-code", state=state)

    assert response.status_code == 400
    assert not is_logged_in(client)
    assert not discord.asked


def test_codes_and_states_stay_out_of_the_logs(
    client: Client, discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = StringIO()
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, ProcessorFormatter):
            monkeypatch.setattr(handler, "stream", stream)
    state = begin(client)["state"]
    come_back(client, code="the-secret-code", state="the-wrong-state")
    come_back(client, code="the-secret-code", state=state)

    written = stream.getvalue()
    assert "discord/login/callback" in written
    for secret in ("the-secret-code", "the-wrong-state", state, TOKEN):
        assert secret not in written


def test_state_works_once_and_in_its_own_browser(client: Client, discord: FakeDiscord) -> None:
    state = begin(client)["state"]

    assert come_back(Client(), code="a-code", state=state).status_code == 400
    assert come_back(client, code="a-code", state=state).status_code == 302
    assert come_back(client, code="a-code", state=state).status_code == 400


def test_cancelling_is_friendly_and_escaped(client: Client, discord: FakeDiscord) -> None:
    state = begin(client)["state"]

    response = come_back(
        client, error="access_denied", error_description="<script>x</script>", state=state
    )

    assert response.status_code == 403
    assert b"You did not log in" in response.content
    assert b"<script>x" not in response.content


def test_another_error_of_discord_is_said(client: Client, discord: FakeDiscord) -> None:
    response = come_back(client, error="server_error", state=begin(client)["state"])

    assert response.status_code == 400


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "%2f%2fevil.example",
        "https:evil.example",
        "///evil.example",
        "/\tevil",
        "http://localhost:8000.evil.example/",
        "games/",
        "",
    ],
)
def test_open_redirects_are_refused(client: Client, discord: FakeDiscord, url: str) -> None:
    assert log_in(client, next=url)["Location"] == reverse("my-games")


def test_next_leads_back_to_a_page(client: Client, discord: FakeDiscord) -> None:
    assert log_in(client, next="/g/5/?page=2")["Location"] == "/g/5/?page=2"


def test_login_is_by_post_only(client: Client) -> None:
    for method in (client.get, client.head, client.put, client.options):
        assert method(reverse("discord_login")).status_code == 405
    assert client.post(reverse("discord_callback")).status_code == 405


def test_login_needs_the_csrf_token(discord: FakeDiscord) -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("discord_login"))

    assert response.status_code == 403
    assert b"Please send that again" in response.content


def test_inactive_user_stays_out(client: Client, discord: FakeDiscord) -> None:
    user = see_user(UserFacts(discord_id=NELLY, username="nelly"))
    User.objects.filter(id=user.id).update(is_active=False)

    assert log_in(client).status_code == 403
    assert not is_logged_in(client)


@pytest.mark.parametrize(
    "path",
    [
        "signup",
        "email",
        "password/change",
        "password/reset",
        "login/code",
        "reauthenticate",
        "3rdparty",
        "3rdparty/signup",
        "social/connections",
        "2fa",
    ],
)
def test_other_pages_of_allauth_do_not_exist(client: Client, path: str) -> None:
    client.force_login(make_user())

    assert client.get(f"/accounts/{path}/").status_code == 404


def test_logout_ends_the_session(client: Client) -> None:
    client.force_login(make_user())
    key = client.session.session_key

    assert client.get(reverse("account_logout")).status_code == 405
    assert client.post(reverse("account_logout"))["Location"] == "/"
    assert not Session.objects.filter(session_key=key).exists()


def test_superuser_logs_in_by_the_admins_own_form(client: Client) -> None:
    User.objects.create_superuser("operator", "a-long-password")
    login = reverse("admin:login")

    assert b'type="password"' in client.get(login).content
    wrong = client.post(login, {"username": "operator", "password": "wrong"})
    right = client.post(login, {"username": "operator", "password": "a-long-password"})

    assert wrong.status_code == 200
    assert right.status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get(reverse("my-games")).status_code == 200


def test_landing_offers_login_and_an_invite(client: Client) -> None:
    response = client.get("/?next=/games/")
    text = response.content.decode()

    assert '<input type="hidden" name="next" value="/games/">' in text
    assert "scope=bot+applications.commands" in text
    assert 'value="//evil' not in client.get("/?next=//evil.example").content.decode()
    assert "nonce" not in text
    assert "style=" not in text
