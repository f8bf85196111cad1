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


CHOICE = {"name": "Tank", "value": "tank"}
SUB, GROUP = {"type": 1, "name": "sub"}, {"type": 2, "name": "group"}


def nested(kind: dict[str, Any], *below: dict[str, Any]) -> dict[str, Any]:
    return option(**kind, options=list(below))


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (command(options=[option(choices=[CHOICE, {"name": "Tank", "value": "b"}])]),
         "options.0.choices.1.name"),
        (command(options=[option(choices=[CHOICE | {"name_localizations": {"xx": "T"}}])]),
         "options.0.choices.0.name_localizations.xx"),
        (command(options=[option(choices=[CHOICE | {"name_localizations": {"de": "x" * 101}}])]),
         "options.0.choices.0.name_localizations.de"),
        (command(options=[option(choices=[CHOICE | {"name_localizations": {"de": ""}}])]),
         "options.0.choices.0.name_localizations.de"),
        (command(options=[option(choices=[CHOICE | {"name_localizations": ["de"]}])]),
         "options.0.choices.0.name_localizations"),
        (command(contexts=[0, 0]), "contexts.1"),
        (command(contexts=[3]), "contexts.0"),
        (command(contexts=[]), "contexts"),
        (command(integration_types=[0, 0]), "integration_types.1"),
        (command(options=[option(type=7, channel_types=[0, 0])]), "options.0.channel_types.1"),
        (command(options=[option(type=7, channel_types=[99])]), "options.0.channel_types.0"),
        (command(options=[nested(SUB, nested(GROUP))]), "options.0.options.0.type"),
        (command(options=[nested(SUB, nested(SUB))]), "options.0.options.0.type"),
        (command(options=[nested(GROUP, nested(GROUP))]), "options.0.options.0.type"),
        (command(options=[nested(GROUP, option())]), "options.0.options.0.type"),
        (command(options=[option(required="yes")]), "options.0.required"),
        (command(name="планировать "), "name"),
        (command(description_localizations={"he": "x" * 101}), "description_localizations.he"),
        ({"name": "Plan", "type": 2, "options": [option()]}, "options"),
    ],
)  # fmt: skip
def test_what_discord_refuses_in_a_command_is_told_where_it_stands(
    rest: Rest, body: dict[str, Any], where: str
) -> None:
    answer = rest("POST", PATH, body)
    assert answer.code == 50035
    found = answer.body["errors"]
    for step in where.split("."):
        found = found[step]
    assert found["_errors"]


@pytest.mark.parametrize(
    "body",
    [
        command(name="สร้างเกม"),
        command(name="खेल-बनाएँ"),
        command(name_localizations={"th": "ที่นี่", "hi": "हिन्दी", "ar": "لعبة", "he": "משחק"}),
        command(description_localizations={"ar": "لعبة", "he": "משחק"}),
        command(name="l'été"),
        command(name="x" * 32, description="🎲" * 100),
        command(contexts=[0, 1, 2], integration_types=[0]),
        command(options=[nested(GROUP, nested(SUB, option())), nested(SUB | {"name": "other"})]),
        command(options=[option(choices=[CHOICE | {"name_localizations": {"de": "Tänk"}}])]),
        command(options=[option(type=7, channel_types=[0, 5, 15])]),
        {"name": "High Five", "type": 2},
    ],
)
def test_what_discord_takes_in_a_command_is_taken(rest: Rest, body: dict[str, Any]) -> None:
    assert rest("POST", PATH, body).status == 201


def test_command_of_a_guild_is_for_no_direct_messages(rest: Rest, place: Place) -> None:
    guild = f"/applications/{APP}/guilds/{place.guild}/commands"
    assert rest("POST", guild, command(contexts=[1])).code == 50035
    assert rest("POST", guild, command(contexts=[0])).status == 201


def test_command_is_not_renamed_to_a_taken_name(rest: Rest) -> None:
    one = rest("POST", PATH, command()).body["id"]
    rest("POST", PATH, command(name="other"))
    refused = rest("PATCH", f"{PATH}/{one}", {"name": "other"})
    assert refused.body["errors"]["name"]["_errors"][0]["code"].endswith("DUPLICATE_NAME")
    assert rest("PATCH", f"{PATH}/{one}", {"name": "plan"}).status == 200


def test_longest_localization_counts_towards_the_size(rest: Rest) -> None:
    long = {"de": "x" * 100}
    choice = {"name": "1", "value": "v" * 99, "name_localizations": {"de": "x" * 99}}
    options = [
        option(name=f"o{n}", description="x", description_localizations=long, choices=[choice])
        for n in range(25)
    ]
    body = command(options=options)
    assert rest("POST", PATH, body).status == 201
    body["description_localizations"] = long
    options[0]["choices"] = [choice | {"name": f"{n}"} for n in range(4)]
    assert rest("POST", PATH, body).code == 50035


def test_localizations_come_when_asked_for(rest: Rest) -> None:
    localized = {"name_localizations": {"de": "plane"}}
    body = command(**localized, options=[option(**localized, choices=[CHOICE | localized])])
    rest("PUT", PATH, [body])
    assert "_localizations" not in str(rest("GET", PATH).body)
    (shown,) = rest("GET", f"{PATH}?with_localizations=true").body
    for one in (shown, shown["options"][0], shown["options"][0]["choices"][0]):
        assert one["name_localizations"] == {"de": "plane"}


@pytest.mark.parametrize("field", ["options", "nsfw", "integration_types", "dm_permission"])
def test_null_in_a_command_is_as_if_left_out(rest: Rest, field: str) -> None:
    """`rest` holds the answer against Discord's description, which knows no null there."""
    body = {"name": "plain", "description": "d", field: None}
    assert rest("POST", f"/applications/{APP}/commands", body).status in {200, 201}


def test_null_in_an_option_is_as_if_left_out(rest: Rest) -> None:
    option = {"type": 3, "name": "o", "description": "d", "required": None, "choices": None}
    body = {"name": "plain", "description": "d", "options": [option]}
    assert rest("POST", f"/applications/{APP}/commands", body).status in {200, 201}
