"""Commands are called and described in every language, within Discord's limits."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from discordbot.routes import COMMANDS
from guilds.languages import DISCORD_CODES
from sandbox.validation.commands import check_command
from sandbox.validation.fields import Form

PAYLOADS = [command.payload() for command in COMMANDS.values()]
CODES = [code for codes in DISCORD_CODES.values() for code in codes]
NAME = re.compile(r"^[-_\w]{1,32}$")


def parts(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield payload
    for option in payload.get("options") or []:
        yield from parts(option)


def said(part: dict[str, Any], key: str, code: str) -> str:
    return str(part.get(f"{key}_localizations", {}).get(code, part[key]))


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload["name"])
@pytest.mark.parametrize("code", CODES)
def test_names_and_descriptions_keep_discords_limits(payload: dict[str, Any], code: str) -> None:
    for part in parts(payload):
        name = said(part, "name", code)
        assert NAME.match(name) and name == name.lower()
        assert 1 <= units(said(part, "description", code)) <= 100
        for choice in part.get("choices", ()):
            assert 1 <= units(said(choice, "name", code)) <= 100
        names = [said(option, "name", code) for option in part.get("options") or ()]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("code", CODES)
def test_every_command_has_a_name_of_its_own(code: str) -> None:
    names = [said(payload, "name", code) for payload in PAYLOADS]
    assert len(set(names)) == len(names)


@pytest.mark.release
@pytest.mark.parametrize("code", CODES)
def test_every_command_is_named_and_described_in_the_language(code: str) -> None:
    for payload in PAYLOADS:
        assert said(payload, "name", code) != payload["name"]
        for part in parts(payload):
            is_said = "description_localizations" in part
            assert is_said or re.fullmatch(r"\W*", part["description"])


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload["name"])
def test_the_longest_of_each_together_keep_the_limit_of_a_command(payload: dict[str, Any]) -> None:
    """https://discord.com/developers/docs/interactions/application-commands (8000 characters)"""

    def longest(part: dict[str, Any], key: str) -> int:
        return max(units(said(part, key, code)) for code in ["en-US", *CODES])

    total = 0
    for part in parts(payload):
        total += longest(part, "name") + longest(part, "description")
        for choice in part.get("choices", ()):
            total += longest(choice, "name") + units(str(choice["value"]))
    assert total <= 8000


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload["name"])
def test_the_sandbox_takes_them(payload: dict[str, Any]) -> None:
    form = Form()
    check_command(form, payload)
    assert form.found == []
