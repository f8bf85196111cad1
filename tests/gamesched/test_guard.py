"""A site with unsafe settings does not start, and a safe one does."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from pytest_django import Settings

from gamesched.guard import Site, Unsafe, refuse_unsafe
from gamesched.local.deploy import PRODUCTION
from gamesched.local.environment import CHECKOUT, SANDBOX_APPLICATION
from guilds.web.throttle import address_of

KEY = "a-key-of-our-own-a-key-of-our-own-a-key-of-our-own-"
PUBLIC = Site(
    debug=False,
    site_url="https://games.example.org",
    allowed_hosts=["games.example.org"],
    secret_keys=[KEY],
    discord_base_url="https://discord.com",
    discord_credentials={"DISCORD_BOT_TOKEN": "MTA.Gabc.x-y_z", "DISCORD_CLIENT_SECRET": "s"},
    hsts_subdomains=False,
    hsts_preload=False,
)
LOCAL = replace(
    PUBLIC,
    debug=True,
    site_url="http://localhost:8000",
    allowed_hosts=["localhost", "127.0.0.1"],
    discord_base_url="http://127.0.0.1:8800",
)
OF_SANDBOX = {f"DISCORD_{name}": value for name, value in SANDBOX_APPLICATION.items()}


def fault_of(site: Site) -> str:
    with pytest.raises(Unsafe) as fault:
        refuse_unsafe(site)
    return str(fault.value)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"secret_keys": [KEY, KEY]},
        {"hsts_subdomains": True, "hsts_preload": True},
        # A trial of production on one's own machine.
        {"site_url": "http://localhost:8000", "allowed_hosts": ["localhost"]},
        {"site_url": "http://[::1]:8000", "discord_base_url": "http://127.0.0.1:8800"},
    ],
)
def test_a_safe_site_starts(changes: dict[str, Any]) -> None:
    refuse_unsafe(replace(PUBLIC, **changes))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"site_url": "http://games.example.org"}, "SITE_URL"),
        ({"site_url": "http://192.168.1.7:8000"}, "SITE_URL"),
        ({"site_url": "http://localhost.example.org"}, "SITE_URL"),
        ({"site_url": "games.example.org"}, "SITE_URL"),
        ({"site_url": "https://games.example.org:port"}, "SITE_URL"),
        ({"allowed_hosts": []}, "ALLOWED_HOSTS"),
        ({"allowed_hosts": ["games.example.org", "*"]}, "ALLOWED_HOSTS"),
        ({"secret_keys": ["short"]}, "SECRET_KEY"),
        ({"secret_keys": [KEY, "short"]}, "SECRET_KEY"),
        ({"secret_keys": ["django-insecure-" + KEY]}, "SECRET_KEY"),
        ({"discord_base_url": "http://discord.example.org"}, "DISCORD_BASE_URL"),
        ({"hsts_preload": True}, "HSTS_PRELOAD"),
        ({"security_contact": "me@example.org"}, "SECURITY_CONTACT"),
        ({"security_contact": "https://example.org/\nExpires: never"}, "SECURITY_CONTACT"),
    ],
)
def test_an_unsafe_site_does_not_start(changes: dict[str, Any], named: str) -> None:
    assert named in fault_of(replace(PUBLIC, **changes))


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    "address",
    [
        "https://discord.com",
        "https://discord.com/",
        "https://DISCORD.com",
        "https://discord.com.",
        "https://ptb.discord.com",
        "https://discordapp.com",
    ],
)
@pytest.mark.parametrize("name", ["DISCORD_BOT_TOKEN", "DISCORD_CLIENT_SECRET"])
def test_the_sandboxs_credentials_never_go_to_discord(name: str, address: str, debug: bool) -> None:
    site = LOCAL if debug else PUBLIC
    credentials = {**site.discord_credentials, name: OF_SANDBOX[name]}

    said = fault_of(replace(site, discord_base_url=address, discord_credentials=credentials))

    assert name in said and "sandbox" in said


def test_the_sandboxs_credentials_go_to_the_sandbox() -> None:
    refuse_unsafe(replace(LOCAL, discord_credentials=OF_SANDBOX))


@pytest.mark.parametrize(
    "url", ["http://localhost.example.org", "http://127.0.0.1.nip.io", "https://games.example.org"]
)
def test_no_site_that_others_reach_has_debug(url: str) -> None:
    assert "DEBUG" in fault_of(replace(LOCAL, site_url=url))


@pytest.mark.parametrize("host", ["*", ".example.org", "games.example.org", "192.168.1.7"])
def test_debug_answers_to_no_public_host(host: str) -> None:
    assert "ALLOWED_HOSTS" in fault_of(replace(LOCAL, allowed_hosts=["localhost", host]))


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.1", "https://localhost/", "http://[::1]:8000"]
)
def test_a_site_on_this_machine_may_have_debug(url: str) -> None:
    refuse_unsafe(replace(LOCAL, site_url=url))


def started(**changes: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own, as production would, and show some."""
    show = (
        "import json; from django.conf import settings as s;"
        " print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
        " s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD,"
        " s.SECRET_KEY_FALLBACKS]))"
    )
    environment = {
        **os.environ,
        **PRODUCTION,
        "SECRET_KEY": KEY,
        "DJANGO_SETTINGS_MODULE": "gamesched.settings",
        **changes,
    }
    return subprocess.run(
        [sys.executable, "-c", show],
        env=environment,
        cwd=CHECKOUT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_settings_ask_the_guard() -> None:
    refused = started(SITE_URL="http://games.example.org")
    assert refused.returncode == 1
    assert "ImproperlyConfigured: SITE_URL must begin with https://" in refused.stderr


def test_cookies_are_of_this_host_alone_and_hsts_reaches_no_further() -> None:
    known = started()
    assert '["__Host-sessionid", "__Host-csrftoken", false, false, []]' in known.stdout
    wider = started(HSTS_SUBDOMAINS="1", HSTS_PRELOAD="1", SECRET_KEY_FALLBACKS=f"{KEY}1, {KEY}2")
    assert f'true, true, ["{KEY}1", "{KEY}2"]]' in wider.stdout


# --- Behind a proxy --------------------------------------------------------------------------


def headers_of_nginx() -> dict[str, str]:
    """Return what the recipe has nginx set."""
    text = (CHECKOUT / "docs" / "deploying.md").read_text()
    return dict(re.findall(r"`?proxy_set_header ([\w-]+) \"?([^\s`\";]+)", text))


def through_nginx(sent: dict[str, str], peer: str) -> HttpRequest:
    """Return the request as it reaches us: nginx passes on what the recipe does not set."""
    values = {
        "$remote_addr": peer,
        "$proxy_add_x_forwarded_for": f"{sent.get('X-Forwarded-For', '')}, {peer}",
        "$scheme": "https",
    }
    arrives = sent | {name: values.get(v, v) for name, v in headers_of_nginx().items()}
    request = HttpRequest()
    request.META = {
        "REMOTE_ADDR": "127.0.0.1",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in arrives.items()},
    }
    return request


@pytest.mark.parametrize("forged", ["", "1.2.3.4", "1.2.3.4, 5.6.7.8", "garbage"])
def test_behind_the_recipes_proxy_nobody_chooses_their_own_address(
    settings: Settings, forged: str
) -> None:
    settings.TRUST_PROXY = True
    sent = {"X-Forwarded-For": forged, "X-Forwarded-Proto": "http"} if forged else {}

    request = through_nginx(sent, "203.0.113.9")

    assert address_of(request) == "203.0.113.9"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert request.is_secure()


def test_without_a_proxy_its_headers_are_not_believed() -> None:
    assert not settings.TRUST_PROXY
    assert address_of(through_nginx({"X-Forwarded-For": "1.2.3.4"}, "203.0.113.9")) == "127.0.0.1"


@pytest.mark.parametrize(
    ("last", "address"),
    [
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("unknown", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("x" * 9000, "127.0.0.1"),
    ],
)
def test_an_address_has_one_spelling_and_nonsense_is_the_proxys(
    settings: Settings, last: str, address: str
) -> None:
    settings.TRUST_PROXY = True
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": f"1.2.3.4, {last}"}
    assert address_of(request) == address
