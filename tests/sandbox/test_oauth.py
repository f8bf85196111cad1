"""Logging in over OAuth."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from sandbox.client import Sandbox
from tests.sandbox.conftest import BACK, Place
from tests.sandbox.rest import APP, Answer, Rest

SECRET = "sandbox-client-secret"
VERIFIER = "v" * 50
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def authorize(rest: Rest, **more: str) -> Answer:
    query = {
        "client_id": APP,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "identify guilds guilds.members.read",
        "state": "xyz",
        **more,
    }
    return rest.send("GET", f"/oauth2/authorize?{urlencode(query)}", None, {})


def returned(answer: Answer) -> dict[str, str]:
    assert answer.status == 302
    return {
        name: found[0]
        for name, found in parse_qs(urlsplit(answer.headers["location"]).query).items()
    }


def exchange(rest: Rest, code: str, **more: str) -> Answer:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": APP,
        "client_secret": SECRET,
        **more,
    }
    return rest.form("/api/oauth2/token", fields, Authorization="")


def test_code_flow_with_pkce_gives_a_working_token(box: Sandbox, rest: Rest, place: Place) -> None:
    back = returned(
        authorize(
            rest,
            **{"as": place.ada, "code_challenge": CHALLENGE, "code_challenge_method": "S256"},
        )
    )
    assert back["state"] == "xyz"
    token = exchange(rest, back["code"], code_verifier=VERIFIER).body
    bearer = Rest(box.url, f"Bearer {token['access_token']}")
    assert bearer("GET", "/users/@me").body["id"] == place.ada
    assert [guild["id"] for guild in bearer("GET", "/users/@me/guilds").body] == [place.guild]
    member = bearer("GET", f"/users/@me/guilds/{place.guild}/member")
    assert member.body["user"]["id"] == place.ada
    assert "email" not in bearer("GET", "/users/@me").body


def test_wrong_verifier_spent_code_and_wrong_secret_are_refused(rest: Rest, place: Place) -> None:
    challenge = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    code = returned(authorize(rest, **{"as": place.ada, **challenge}))["code"]
    assert exchange(rest, code, code_verifier="wrong").body["error"] == "invalid_grant"
    assert exchange(rest, code, code_verifier=VERIFIER).body["error"] == "invalid_grant"
    assert exchange(rest, code, client_secret="wrong").status == 401


def test_refresh_rotates_and_revoke_ends_the_grant(box: Sandbox, rest: Rest, place: Place) -> None:
    first = box.authorize(place.ada)
    fields = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    basic = base64.b64encode(f"{APP}:{SECRET}".encode()).decode()
    second = rest.form("/api/oauth2/token", fields, Authorization=f"Basic {basic}").body
    assert Rest(box.url, f"Bearer {first['access_token']}")("GET", "/users/@me").status == 401
    bearer = Rest(box.url, f"Bearer {second['access_token']}")
    assert bearer("GET", "/users/@me").status == 200
    rest.form(
        "/api/oauth2/token/revoke",
        {"token": second["access_token"]},
        Authorization=f"Basic {basic}",
    )
    assert bearer("GET", "/users/@me").status == 401


@pytest.mark.parametrize(
    ("scopes", "path", "status"),
    [
        ("identify", "/users/@me/guilds", 401),
        ("identify guilds", "/users/@me/guilds/{guild}/member", 401),
        ("guilds", "/users/@me", 401),
        ("identify", "/guilds/{guild}", 401),
        ("guilds.members.read", "/users/@me/guilds/1/member", 404),
    ],
)
def test_token_opens_only_what_its_scopes_name(
    box: Sandbox, place: Place, scopes: str, path: str, status: int
) -> None:
    token = box.authorize(place.ada, scopes)["access_token"]
    answer = Rest(box.url, f"Bearer {token}")("GET", path.format(guild=place.guild))
    assert answer.status == status


def test_cancelling_returns_access_denied_with_the_state(rest: Rest) -> None:
    query = {
        "client_id": APP,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "identify",
        "state": "s",
    }
    answer = rest.form(f"/oauth2/authorize?{urlencode(query)}", {"deny": "1"})
    assert returned(answer)["error"] == "access_denied"
    assert returned(answer)["state"] == "s"


def test_foreign_redirect_and_unknown_scope_are_shown_not_followed(
    rest: Rest, place: Place
) -> None:
    assert authorize(rest, redirect_uri="https://evil.test/", **{"as": place.ada}).status == 400
    for other in (
        BACK + "?x=1",
        BACK.rstrip("/"),
        BACK.replace("127.0.0.1", "localhost"),
        BACK + "x",
    ):
        assert authorize(rest, redirect_uri=other, **{"as": place.ada}).status == 400, other
    assert authorize(rest, scope="admin", **{"as": place.ada}).status == 400


def test_page_names_people_and_prompt_none_asks_only_once(
    rest: Rest, box: Sandbox, place: Place
) -> None:
    page = authorize(rest, prompt="none")
    assert page.status == 200
    assert f'value="{place.ada}"' in page.body
    box.authorize(place.ada)
    query = {"client_id": APP, "response_type": "code", "redirect_uri": BACK, "scope": "identify"}
    path = f"/oauth2/authorize?{urlencode(query | {'prompt': 'none'})}"
    answer = rest.send("GET", path, None, {"Cookie": f"sandbox_person={place.ada}"})
    assert "code" in returned(answer)


def test_expired_token_is_refused_until_refreshed(box: Sandbox, place: Place) -> None:
    token = box.authorize(place.ada)["access_token"]
    box.call("POST", "/oauth/expire", {"user_id": place.ada})
    assert Rest(box.url, f"Bearer {token}")("GET", "/users/@me").status == 401


def test_adding_the_bot_needs_manage_server(box: Sandbox, rest: Rest, place: Place) -> None:
    box.remove_bot(place.guild)
    query = {"client_id": APP, "scope": "bot applications.commands", "guild_id": place.guild}
    path = f"/oauth2/authorize?{urlencode(query)}"
    assert rest.form(path, {"as": place.ada}).status == 403
    assert rest.form(path, {"as": place.owner}).status == 200
    assert rest("GET", f"/guilds/{place.guild}").status == 200
