"""The checker finds what Discord would refuse or ignore, and names the field."""

from typing import Any

import pytest

from tests.openapi.description import find_operation, get_operation

SEND = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
ANSWER = "POST /interactions/{interaction_id}/{interaction_token}/callback"
CHANGE = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
FOLLOW_UP = "POST /webhooks/{webhook_id}/{webhook_token}"
REGISTER = "PUT /applications/{application_id}/commands"
EDIT_FOLLOW_UP = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
OPEN_DM = "POST /users/@me/channels"


def buttons(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": 1, "components": list(parts)}]


def button(**fields: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Join", "custom_id": "join"} | fields


def command(**fields: Any) -> list[dict[str, Any]]:
    return [{"name": "plan", "description": "Plan a game"} | fields]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (SEND, {"content": "x" * 2000, "nonce": "n" * 25, "enforce_nonce": True}),
        (SEND, {"embeds": [{"title": "x", "color": 0xFFFFFF, "url": "https://games.example/1?a=b"}]}),
        (SEND, {"components": buttons(button(), button(style=5, url="https://games.example"))}),
        (SEND, {"allowed_mentions": {"parse": ["everyone"], "roles": ["1"]}}),
        (SEND, {"content": None, "embeds": [{"author": None}]}),
        (EDIT, {"content": "", "embeds": [], "components": []}),
        (ANSWER, {"type": 4, "data": {"content": "x", "flags": 64}}),
        (ANSWER, {"type": 6}),
        (ANSWER, {"type": 8, "data": {"choices": [{"name": "Chess", "value": "1"}]}}),
        (FOLLOW_UP, {"content": "x", "flags": 64}),
        (REGISTER, command(default_member_permissions=32, options=[])),
        (OPEN_DM, {"recipient_id": "1"}),
    ],
)  # fmt: skip
def test_what_discord_takes_passes(name: str, body: Any) -> None:
    assert get_operation(name).request_problems(body) == []


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        (SEND, {"content": 5}, "content: 5 against type ['string', 'null']"),
        (SEND, {"contnt": "x"}, "(body): Additional properties are not allowed ('contnt' was"),
        (SEND, None, "(body): it is missing"),
        (SEND, [], "(body): [] against type 'object'"),
        (SEND, {"nonce": "n" * 26}, "nonce: 26 long, where 25 is the most"),
        (SEND, {"nonce": 2**63}, f"nonce: {2**63} against maximum"),
        (SEND, {"embeds": [{}] * 11}, "embeds: ["),
        (SEND, {"embeds": [{"title": "🎲" * 129}]}, "embeds[0].title: 258 long, where 256 is"),
        (SEND, {"embeds": [{"url": "games.example"}]}, "embeds[0].url: 'games.example' against"),
        (SEND, {"embeds": [{"url": "https://a b"}]}, "embeds[0].url: 'https://a b' against"),
        (SEND, {"embeds": [{"color": 1 << 24}]}, "embeds[0].color: 16777216 against maximum"),
        (SEND, {"embeds": [{"timestamp": "today"}]}, "embeds[0].timestamp: 'today' against format"),
        (SEND, {"embeds": [{"fields": [{"name": "x"}]}]}, "embeds[0].fields[0]: 'value' is a requ"),
        (SEND, {"embeds": [{"author": {"nam": "x"}}]}, "embeds[0].author: Additional properties"),
        (SEND, {"allowed_mentions": {"parse": ["all"]}}, "allowed_mentions.parse[0]: 'all' is non"),
        (SEND, {"allowed_mentions": {"users": [1]}}, "allowed_mentions.users[0]: 1 against type"),
        (SEND, {"allowed_mentions": {"roles": ["1", "1"]}}, "allowed_mentions.roles: ['1', '1'] h"),
        (SEND, {"allowed_mentions": {"users": ["ada"]}}, "allowed_mentions.users[0]: 'ada' agains"),
        (SEND, {"components": buttons()}, "components[0].components: [] against minItems 1"),
        (SEND, {"components": [button()]}, "components[0]: no variant has the type 2"),
        (SEND, {"components": buttons(button(style=9))}, "components[0].components[0].style: 9 is"),
        (SEND, {"components": buttons(button(label="x" * 81))}, "components[0].components[0].labe"),
        (SEND, {"components": buttons(button(custom_id=""))}, "components[0].components[0].custom"),
        (SEND, {"components": buttons({"type": 3, "custom_id": "x"})}, "components[0].components["),
        (EDIT, {"nonce": "x"}, "(body): Additional properties are not allowed ('nonce' was"),
        (ANSWER, {"type": 4, "data": {"content": "x" * 2001}}, "data.content: 2001 long, where 20"),
        (ANSWER, {"type": 44}, "(body): no variant has the type 44"),
        (ANSWER, {"data": {}}, "(body): 'type' is a required property"),
        (ANSWER, {"type": 9, "data": {"title": "x", "components": []}}, "data"),
        (ANSWER, {"type": 8, "data": {"choices": [{"name": "x"}]}}, "data.choices[0]: 'value' is "),
        (CHANGE, {"flags": "64"}, "flags: '64' against type"),
        (FOLLOW_UP, {"embeds": "none"}, "embeds: 'none' against type"),
        (REGISTER, command(name=""), "[0].name: '' against minLength 1"),
        (REGISTER, command(default_member_permissions="32"), "[0].default_member_permissions: '32"),
        (REGISTER, command(options=[{"type": 3, "name": "x"}]), "[0].options[0]: 'description' is"),
        (OPEN_DM, {"recipient_id": 1}, "recipient_id: 1 against type 'string'"),
    ],
)  # fmt: skip
def test_what_discord_refuses_is_found(name: str, body: Any, problem: str) -> None:
    found = get_operation(name).request_problems(body)

    assert any(line.startswith(problem) for line in found), found


def test_every_problem_is_told_at_once() -> None:
    body = {"content": 5, "embeds": [{"title": 5}, {"color": "red"}]}

    assert len(get_operation(SEND).request_problems(body)) == 3


def test_body_where_none_is_described_is_found() -> None:
    assert get_operation("GET /users/@me").request_problems({}) == ["(body): none is described"]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"limit": "100", "after": "5"}, None),
        ({"limit": "101"}, "?limit: '101' is not what is described"),
        ({"limit": "many"}, "?limit: 'many' is not what is described"),
        ({"aftr": "5"}, "?aftr: no such parameter is described"),
    ],
)
def test_queries_are_held_to_their_parameters(query: dict[str, str], problem: str | None) -> None:
    messages = get_operation("GET /channels/{channel_id}/messages")

    assert messages.request_problems(None, query) == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/channels/1/messages", SEND),
        ("POST", "/interactions/1/a-b_c/callback", ANSWER),
        ("PATCH", "/webhooks/1/a-b_c/messages/@original", CHANGE),
        ("PATCH", "/webhooks/1/a/messages/2", EDIT_FOLLOW_UP),
        ("GET", "/users/@me", "GET /users/@me"),
        ("GET", "/users/1", "GET /users/{user_id}"),
        ("GET", "/users/ada", None),
        ("PATCH", "/channels/1/messages", None),
        ("GET", "/nowhere", None),
    ],
)  # fmt: skip
def test_operations_are_found_by_path(method: str, path: str, name: str | None) -> None:
    found = find_operation(method, path)

    assert (found.name if found else None) == name
