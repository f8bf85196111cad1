import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from discordbot.gateway.registration import is_same, normalized
from discordbot.routes import COMMANDS
from tests.openapi.description import get_operation

HELP = COMMANDS["help"]
PAYLOADS = [command.payload() for command in COMMANDS.values()]
NAME = re.compile(r"^[-_\w]{1,32}$")


def parts(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield payload
    for option in payload.get("options") or []:
        yield from parts(option)


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload["name"])
def test_commands_keep_discords_limits(payload: dict[str, Any]) -> None:
    total = 0
    for part in parts(payload):
        assert NAME.match(part["name"])
        assert part["name"] == part["name"].lower()
        assert 1 <= len(part["description"].encode("utf-16-le")) // 2 <= 100
        assert len(part.get("options") or []) <= 25
        total += len(part["name"]) + len(part["description"])
    assert total <= 8000
    required = [bool(option.get("required")) for option in payload["options"]]
    assert required == sorted(required, reverse=True)


def as_discord_tells(payload: dict[str, Any]) -> dict[str, Any]:
    nothing = {"name_localizations": None, "description_localizations": None}
    return (
        nothing
        | copy.deepcopy(payload)
        | {
            "id": "10",
            "application_id": "1",
            "version": "3",
            "dm_permission": True,
            "nsfw": False,
            "contexts": list(reversed(payload["contexts"])),
        }
    )


def test_registration_is_such_as_discord_describes() -> None:
    register = get_operation("PUT /applications/{application_id}/commands")

    assert register.request_problems(PAYLOADS) == []
    assert register.request_problems([replace(HELP, permissions=1 << 5).payload()]) == []


def test_permissions_are_a_number_in_requests_and_text_in_answers() -> None:
    ours = replace(HELP, permissions=1 << 5).payload()

    assert is_same([ours], [as_discord_tells(ours) | {"default_member_permissions": "32"}])
    assert not is_same([ours], [as_discord_tells(ours) | {"default_member_permissions": "40"}])


def test_what_discord_adds_is_no_change() -> None:
    theirs = [as_discord_tells(payload) for payload in reversed(PAYLOADS)]

    assert is_same(PAYLOADS, theirs)


@pytest.mark.parametrize(
    "change",
    [
        {"description": "Another"},
        {"options": []},
        {"default_member_permissions": "32"},
        {"description_localizations": {"de": "Anders"}},
        {"name_localizations": None},
    ],
)
def test_every_real_change_is_noticed(change: dict[str, Any]) -> None:
    theirs = [as_discord_tells(payload) for payload in PAYLOADS]
    theirs[0] |= change

    assert not is_same(PAYLOADS, theirs)


def test_missing_and_foreign_commands_are_noticed() -> None:
    assert not is_same(PAYLOADS, PAYLOADS[1:])
    assert not is_same(PAYLOADS, [*PAYLOADS, PAYLOADS[0] | {"name": "old"}])


def test_localizations_are_kept_whole() -> None:
    assert normalized({"name_localizations": {"pt-BR": "x"}, "id": "1"}) == {
        "name_localizations": {"pt-BR": "x"}
    }
