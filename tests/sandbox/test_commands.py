"""Registering application commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.conftest import Place
from tests.sandbox.rest import APP, Rest

PATH = f"/applications/{APP}/commands"


@pytest.fixture(autouse=True)
def _clean(rest: Rest) -> Iterator[None]:
    yield
    rest("PUT", PATH, [])


def command(**more: Any) -> dict[str, Any]:
    return {"name": "plan", "description": "Plan a game"} | more


def option(**more: Any) -> dict[str, Any]:
    return {"type": 3, "name": "title", "description": "The title"} | more


@pytest.mark.parametrize(
    "body",
    [
        command(name="Plan"),
        command(name="plan game"),
        command(name="x" * 33),
        command(name=""),
        command(description=""),
        command(description="x" * 101),
        command(options=[option(name=f"o{n}") for n in range(26)]),
        command(options=[option(), option()]),
        command(options=[option(), option(name="b", required=True)]),
        command(options=[option(type=12)]),
        command(options=[option(type=1, name="sub"), option()]),
        command(options=[option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])]),
        command(options=[option(choices=[{"name": "x", "value": 1}])]),
        command(options=[option(choices=[{"name": "x", "value": "y"}], autocomplete=True)]),
        command(name_localizations={"xx": "plan"}),
        command(name_localizations={"de": "Planen"}),
        command(description_localizations={"de": "x" * 101}),
        command(default_member_permissions="many"),
        command(type=2),
        command(options=[option(name=f"o{n}", description="x" * 100, choices=[
            {"name": "n" * 100, "value": f"{m}" * 50} for m in range(9)]) for n in range(8)]),
    ],
)  # fmt: skip
def test_wrong_commands_are_refused(rest: Rest, body: dict[str, Any]) -> None:
    assert rest("POST", PATH, body).code == 50035
    assert rest("PUT", PATH, [body]).body["errors"]["0"]
    assert rest("GET", PATH).body == []


def test_bulk_keeps_ids_and_drops_the_unnamed(rest: Rest) -> None:
    first = rest("PUT", PATH, [command(), command(name="other")]).body
    second = rest(
        "PUT", PATH, [command(name="später", name_localizations={"de": "später"}), command()]
    )
    assert [one["name"] for one in second.body] == ["später", "plan"]
    assert second.body[1]["id"] == first[0]["id"]
    assert {one["name"] for one in rest("GET", PATH).body} == {"später", "plan"}


def test_single_commands_are_made_changed_and_deleted(rest: Rest, place: Place) -> None:
    made = rest("POST", PATH, command())
    assert made.status == 201
    assert rest("POST", PATH, command(description="again")).status == 200
    one = f"{PATH}/{made.body['id']}"
    assert rest("PATCH", one, {"description": "new"}).body["description"] == "new"
    assert rest("DELETE", one).status == 204
    assert rest("GET", one).code == 10063
    guild = f"/applications/{APP}/guilds/{place.guild}/commands"
    assert rest("POST", guild, command()).body["guild_id"] == place.guild
    assert rest("GET", PATH).body == []
    assert rest("POST", f"/applications/{APP}/guilds/1/commands", command()).code == 50001
