"""The page of privacy lists every table with people in it, and the periods as they are set."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from gamesched.privacy import KINDS, NOBODY
from guilds.models import User
from notifications.retention import forget_old

SETTINGS = Path(__file__).resolve().parent.parent.parent / "gamesched" / "settings.py"
LISTED = {table for kind in KINDS for table in kind.tables}


def test_every_table_is_listed_or_known_to_be_of_nobody() -> None:
    tables = {model._meta.label for model in apps.get_models()}
    assert tables == LISTED | NOBODY
    assert not LISTED & NOBODY


def test_every_table_that_points_to_people_or_has_their_ids_is_listed() -> None:
    for model in apps.get_models():
        is_empty = model._meta.app_label in {"account", "socialaccount"}
        names = {field.name for field in model._meta.get_fields()}
        points = any(
            isinstance(field, ForeignKey) and field.related_model is User
            for field in model._meta.get_fields()
        )
        if (points and not is_empty) or {"discord_id", "target_id"} & names:
            assert model._meta.label in LISTED, model


@pytest.mark.django_db
def test_what_is_forgotten_by_itself_is_listed_and_nothing_else_is_promised() -> None:
    promised = {name for kind in KINDS for name in kind.forgotten}
    assert promised == set(forget_old(now=timezone.now()))


@pytest.mark.django_db
def test_the_page_says_each_period_as_it_is_set(client: Client, settings: Settings) -> None:
    names = re.findall(r"^(RETAIN_\w+)", SETTINGS.read_text(), re.MULTILINE)
    assert len(names) == 3
    for number, name in enumerate(names, start=4001):
        setattr(settings, name, number)
        assert f"For {number} days." in client.get(reverse("privacy")).text, name
        setattr(settings, name, 0)
        assert f"For {number} days." not in client.get(reverse("privacy")).text, name
    assert "at most 30 days" in client.get(reverse("privacy")).text


@pytest.mark.django_db
def test_the_page_is_open_to_everyone_and_linked_from_every_page(client: Client) -> None:
    page = client.get(reverse("privacy"))
    assert page.status_code == 200
    for kind in KINDS:
        assert str(kind.data).replace("'", "&#x27;") in page.text
    assert reverse("privacy") in client.get(reverse("landing")).text


def test_security_txt_names_the_contact_and_has_not_expired(
    client: Client, settings: Settings
) -> None:
    address = reverse("security-txt")
    assert address == "/.well-known/security.txt"
    assert client.get(address).status_code == 404, "no contact is made up"

    settings.SECURITY_CONTACT = "mailto:security@games.example.org"
    told = client.get(address)

    assert told["Content-Type"].startswith("text/plain")
    fields = dict(line.split(": ", 1) for line in told.text.splitlines())
    assert fields["Contact"] == "mailto:security@games.example.org"
    assert fields["Canonical"] == f"{settings.SITE_URL}{address}"
    assert fields["Expires"] > timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
