"""Limits of one address on what costs us something, and the log-in of the local admin."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate, hashers
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from guilds.errors import Refused
from guilds.models import User
from guilds.throttle import check_pace
from guilds.web import throttle
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each password that is hashed."""
    found: list[str] = []
    for hasher in hashers.get_hashers():
        encode = type(hasher).encode

        def noted(self: Any, password: str, *args: Any, _encode: Any = encode, **more: Any) -> str:
            found.append(password)
            return str(_encode(self, password, *args, **more))

        monkeypatch.setattr(type(hasher), "encode", noted)
    return found


def test_nothing_is_hashed_where_no_local_account_exists(hashed: list[str]) -> None:
    make_user("discord-only")
    assert authenticate(username="admin", password="guess") is None
    assert authenticate(username="discord-only", password="guess") is None
    assert not hashed


def test_only_a_local_account_logs_in_with_its_password(hashed: list[str]) -> None:
    User.objects.create_superuser("root", "correct horse battery")
    hashed.clear()
    assert authenticate(username="root", password="wrong") is None
    assert authenticate(username="root", password="correct horse battery") is not None
    assert hashed


def test_a_refused_password_is_logged(caplog: pytest.LogCaptureFixture, client: Client) -> None:
    client.post(reverse("admin:login"), {"username": "root", "password": "guess-4711"})
    assert "password_refused" in caplog.text
    assert "guess-4711" not in caplog.text


def test_passwords_are_tried_ten_times_from_an_address(client: Client) -> None:
    tries = [
        client.post(reverse("admin:login"), {"username": str(n), "password": "x"}).status_code
        for n in range(11)
    ]
    assert tries == [200] * 10 + [429]


def test_one_name_is_tried_so_often_from_all_addresses(client: Client) -> None:
    most = throttle.MOST_OF_A_NAME
    answers = [
        client.post(
            reverse("admin:login"),
            {"username": "root", "password": "x"},
            REMOTE_ADDR=f"10.0.0.{n}",
        ).status_code
        for n in range(most + 1)
    ]
    assert answers == [200] * most + [429]


def test_call_backs_of_one_address_have_a_limit(client: Client) -> None:
    answers = [client.get(reverse("discord_callback"), {"code": n}).status_code for n in range(61)]
    assert 429 not in answers[:60]
    assert answers[60] == 429
    other = client.get(reverse("discord_callback"), {"code": 1}, REMOTE_ADDR="10.0.0.1")
    assert other.status_code != 429


def test_a_network_of_ipv6_is_one_address(client: Client) -> None:
    path = reverse("admin:login")
    answers = [
        client.post(path, {"username": str(n)}, REMOTE_ADDR=f"2001:db8:0:1::{n:x}").status_code
        for n in range(11)
    ]
    assert answers == [200] * 10 + [429]
    other = client.post(path, {"username": "b"}, REMOTE_ADDR="2001:db8:0:2::1")
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:0:1:a::b", "2001:db8:0:1::/64"),
        ("a socket", "a socket"),
    ],
)
def test_whom_an_address_counts_as(address: str, place: str) -> None:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": address}
    assert throttle.place_of(request) == place


@pytest.mark.parametrize("weak", ["short", "password1234", "123456789012"])
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(weak)


def test_the_pace_is_of_one_person_and_says_when_it_ends() -> None:
    who = str(uuid4())
    for _ in range(3):
        check_pace("anything", who, most=3, minutes=10)
    with pytest.raises(Refused, match="10 minutes"):
        check_pace("anything", who, most=3, minutes=10)
    check_pace("anything", str(uuid4()), most=3, minutes=10)
