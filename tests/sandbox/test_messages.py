"""Messages: limits, errors, pings, nonces, permissions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.conftest import Place
from tests.sandbox.rest import Answer, Rest


def post(rest: Rest, place: Place, body: dict[str, Any]) -> Answer:
    return rest("POST", f"/channels/{place.channel}/messages", body)


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def button(custom_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id} | more


def select(count: int = 1, **more: Any) -> dict[str, Any]:
    options = [{"label": str(n), "value": str(n)} for n in range(count)]
    return {"type": 3, "custom_id": "s", "options": options} | more


def field(**more: Any) -> dict[str, Any]:
    return {"name": "n", "value": "v"} | more


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": "x" * 2001}, "content"),
        ({"content": "🎲" * 2001}, "content"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description"),
        ({"embeds": [{"fields": [field() for _ in range(26)]}]}, "embeds.0.fields"),
        ({"embeds": [{"fields": [field(name="x" * 257)]}]}, "embeds.0.fields.0.name"),
        ({"embeds": [{"fields": [field(value="x" * 1025)]}]}, "embeds.0.fields.0.value"),
        ({"embeds": [{"fields": [field(value=" ")]}]}, "embeds.0.fields.0.value"),
        ({"embeds": [{"footer": {"text": "x" * 2049}}]}, "embeds.0.footer.text"),
        ({"embeds": [{"author": {"name": "x" * 257}}]}, "embeds.0.author.name"),
        ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds"),
        ({"embeds": [{"title": "x", "url": "nowhere"}]}, "embeds.0.url"),
        ({"embeds": [{"author": {"name": "x", "icon_url": "a.png"}}]}, "embeds.0.author.icon_url"),
        ({"embeds": [{"title": "x", "color": 0x1000000}]}, "embeds.0.color"),
        ({"embeds": [{"title": "x", "timestamp": "soon"}]}, "embeds.0.timestamp"),
        ({"components": [row(button())] * 6}, "components"),
        ({"components": [row(*[button(str(n)) for n in range(6)])]}, "components.0.components"),
        ({"components": [row(button(), select())]}, "components.0.components"),
        ({"components": [row(button(), button())]}, "components.0.components.1.custom_id"),
        ({"components": [row(button("x" * 101))]}, "components.0.components.0.custom_id"),
        ({"components": [row(button(""))]}, "components.0.components.0.custom_id"),
        ({"components": [row(button(label="x" * 81))]}, "components.0.components.0.label"),
        ({"components": [row(button(label=""))]}, "components.0.components.0"),
        ({"components": [row(button(style=5))]}, "components.0.components.0.url"),
        ({"components": [row(select(26))]}, "components.0.components.0.options"),
        ({"components": [row(select(0))]}, "components.0.components.0.options"),
        ({"components": [row(select(2, max_values=3))]}, "components.0.components.0.max_values"),
        ({"components": [button()]}, "components.0.type"),
        ({"content": "x", "nonce": "n" * 26}, "nonce"),
        ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions.parse.0"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            "allowed_mentions",
        ),
    ],
)
def test_body_out_of_bounds_is_refused_where_it_is_wrong(
    rest: Rest, place: Place, body: dict[str, Any], path: str
) -> None:
    answer = post(rest, place, body)
    assert (answer.status, answer.code) == (400, 50035), answer.body
    node = answer.body["errors"]
    for step in path.split("."):
        node = node[step]
    assert node["_errors"][0]["code"]
    assert answer.headers["content-type"] == "application/json"
    assert "via" in answer.headers


@pytest.mark.parametrize("body", [{}, {"content": "  "}, {"embeds": []}, {"embeds": [{}]}])
def test_empty_message_is_refused(rest: Rest, place: Place, body: dict[str, Any]) -> None:
    assert post(rest, place, body).code in {50006, 50035}


def test_everything_at_its_limit_is_accepted(rest: Rest, place: Place) -> None:
    body = {
        "content": "🎲" * 2000,
        "embeds": [
            {"title": "x" * 256, "description": "x" * 4096, "fields": [field(value="x" * 1024)]}
        ],
        "components": [row(*[button(f"{r}-{n}") for n in range(5)]) for r in range(4)]
        + [row(select(25))],
        "nonce": "n" * 25,
    }
    answer = post(rest, place, body)
    assert answer.status == 200
    assert answer.body["nonce"] == "n" * 25


def test_enforced_nonce_returns_the_earlier_message_inside_its_window(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    body = {"content": "x", "nonce": "same", "enforce_nonce": True}
    first = post(rest, place, body).body["id"]
    assert post(rest, place, body).body["id"] == first
    assert len(box.messages(place.channel)) == 1
    assert post(rest, place, {"content": "x", "nonce": "same"}).body["id"] != first
    box.knobs(nonce_window=0)
    try:
        assert post(rest, place, body).body["id"] != first
    finally:
        box.knobs(nonce_window=300)


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [
        (None, {"ada", "ben"}),
        ({"parse": []}, set()),
        ({}, set()),
        ({"parse": ["users"]}, {"ada"}),
        ({"parse": ["roles"]}, {"ben"}),
        ({"users": ["{ada}"]}, {"ada"}),
        ({"users": ["{ben}"]}, set()),
        ({"roles": ["{role}"], "users": ["{ada}"]}, {"ada", "ben"}),
    ],
)
def test_allowed_mentions_decide_who_is_pinged(
    box: Sandbox, rest: Rest, place: Place, allowed: Any, pinged: set[str]
) -> None:
    role = box.make_role(place.guild, "player", mentionable=True)["id"]
    box.patch_member(place.guild, place.ben, roles=[role])
    text = json.dumps(allowed)
    for name, number in (("ada", place.ada), ("ben", place.ben), ("role", role)):
        text = text.replace(f"{{{name}}}", number)
    body = {"content": f"<@{place.ada}> <@&{role}>", "embeds": [{"title": f"<@{place.owner}>"}]}
    if allowed is not None:
        body["allowed_mentions"] = json.loads(text)
    message = post(rest, place, body).body
    assert set(box.message(place.channel, message["id"])["pings"]) == {
        getattr(place, name) for name in pinged
    }
    assert bool(box.pings(place.ada)) is ("ada" in pinged)


def test_everyone_is_pinged_only_with_the_permission(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    assert post(rest, place, {"content": "@everyone"}).body["mention_everyone"]
    box.bot_permissions(place.guild, ["VIEW_CHANNEL", "SEND_MESSAGES"])
    message = post(rest, place, {"content": "@everyone"}).body
    assert not message["mention_everyone"]
    assert box.message(place.channel, message["id"])["pings"] == []


def test_permissions_are_computed_from_overwrites(box: Sandbox, rest: Rest, place: Place) -> None:
    path = f"/channels/{place.channel}/messages"
    box.patch_channel(place.channel, overwrites=[{"id": place.guild, "deny": ["SEND_MESSAGES"]}])
    assert rest("POST", path, {"content": "x"}).code == 50013
    assert rest("GET", path).status == 200
    box.patch_channel(place.channel, overwrites=[{"id": place.guild, "deny": ["VIEW_CHANNEL"]}])
    assert rest("POST", path, {"content": "x"}).code == 50001
    allow = {"id": "1000000000000000001", "type": 1, "allow": ["VIEW_CHANNEL"]}
    box.patch_channel(
        place.channel, overwrites=[{"id": place.guild, "deny": ["VIEW_CHANNEL"]}, allow]
    )
    assert rest("POST", path, {"content": "x"}).status == 200


def test_unknown_things_have_their_own_codes(box: Sandbox, rest: Rest, place: Place) -> None:
    stranger = box.make_user("stranger")["id"]
    assert rest("GET", "/channels/1").code == 10003
    assert rest("GET", "/guilds/1").code == 10004
    assert rest("GET", f"/guilds/{place.guild}/members/{stranger}").code == 10007
    assert rest("GET", f"/guilds/{place.guild}/members/1").code == 10013
    assert rest("PATCH", f"/channels/{place.channel}/messages/1", {"content": "x"}).code == 10008
    assert rest("GET", "/users/1").code == 10013
    assert rest("GET", "/nonsense").status == 404
    box.remove_bot(place.guild)
    assert rest("GET", f"/guilds/{place.guild}").code == 10004
    assert rest("GET", f"/guilds/{place.guild}/channels").code == 50001
    assert rest("GET", f"/channels/{place.channel}").code == 50001


def test_wrong_token_is_unauthorized(box: Sandbox) -> None:
    for auth in ("Bot wrong", "", "Bearer nothing"):
        assert Rest(box.url, auth)("GET", "/users/@me").status == 401


def test_direct_messages_respect_closed_doors(box: Sandbox, rest: Rest, place: Place) -> None:
    channel = rest("POST", "/users/@me/channels", {"recipient_id": place.ada}).body["id"]
    assert rest("POST", "/users/@me/channels", {"recipient_id": place.ada}).body["id"] == channel
    path = f"/channels/{channel}/messages"
    assert rest("POST", path, {"content": "hi"}).status == 200
    assert [message["content"] for message in box.dms(place.ada)] == ["hi"]
    box.patch_user(place.ada, dms_open=False)
    assert rest("POST", path, {"content": "hi"}).code == 50007
    box.remove_member(place.guild, place.ada)
    assert rest("POST", path, {"content": "hi"}).code == 50278


def test_edits_keep_what_they_do_not_name(box: Sandbox, rest: Rest, place: Place) -> None:
    message = post(rest, place, {"content": "x", "embeds": [{"title": "t"}]}).body
    path = f"/channels/{place.channel}/messages/{message['id']}"
    edited = rest("PATCH", path, {"content": f"<@{place.ada}>"}).body
    assert edited["embeds"][0]["title"] == "t"
    assert edited["edited_timestamp"]
    assert box.message(place.channel, message["id"])["pings"] == []
    assert rest("PATCH", path, {"content": "", "embeds": []}).code == 50006
    written = box.write(place.ada, place.channel, "mine")
    path = f"/channels/{place.channel}/messages/{written['id']}"
    assert rest("PATCH", path, {"content": "x"}).code == 50005
    assert rest("DELETE", path).status == 204


def test_old_messages_take_three_edits_in_six_seconds(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    message = post(rest, place, {"content": "x"}).body
    box.age_message(message, 3601)
    path = f"/channels/{place.channel}/messages/{message['id']}"
    answers = [rest("PATCH", path, {"content": str(n)}) for n in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[3].code == 30046


def test_history_can_be_paged(box: Sandbox, rest: Rest, place: Place) -> None:
    box.limits(**{"message.create": {"limit": 100, "per": 1}})
    ids = [post(rest, place, {"content": str(n)}).body["id"] for n in range(5)]
    path = f"/channels/{place.channel}/messages"

    def shown(query: str) -> list[int]:
        return [ids.index(message["id"]) for message in rest("GET", f"{path}?{query}").body]

    assert shown("limit=2") == [4, 3]
    assert shown(f"before={ids[2]}") == [1, 0]
    assert shown(f"after={ids[2]}&limit=1") == [3]
    assert shown(f"around={ids[2]}&limit=3") == [3, 2, 1]
    assert rest("GET", f"{path}?limit=101").code == 50035


def test_thread_is_made_once_for_a_message(box: Sandbox, rest: Rest, place: Place) -> None:
    message = post(rest, place, {"content": "x"}).body
    path = f"/channels/{place.channel}/messages/{message['id']}/threads"
    thread = rest("POST", path, {"name": "Session"})
    assert (thread.status, thread.body["id"]) == (201, message["id"])
    assert rest("POST", path, {"name": "Session"}).code == 160004
    assert rest("POST", f"/channels/{thread.body['id']}/messages", {"content": "in"}).status == 200
    box.patch_channel(
        place.channel, overwrites=[{"id": place.guild, "deny": ["SEND_MESSAGES_IN_THREADS"]}]
    )
    box.bot_permissions(place.guild, ["VIEW_CHANNEL"])
    assert rest("POST", f"/channels/{thread.body['id']}/messages", {"content": "in"}).code == 50013


def test_files_come_with_multipart_and_are_served(rest: Rest, place: Place) -> None:
    payload = {
        "embeds": [{"title": "Map", "image": {"url": "attachment://map.png"}}],
        "attachments": [{"id": 0, "filename": "map.png", "description": "A map"}],
    }
    raw = (
        b'--b\r\nContent-Disposition: form-data; name="payload_json"\r\n\r\n'
        + json.dumps(payload).encode()
        + b'\r\n--b\r\nContent-Disposition: form-data; name="files[0]"; filename="map.png"\r\n'
        + b"Content-Type: image/png\r\n\r\nPNG\r\n--b--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    path = f"/api/v10/channels/{place.channel}/messages"
    message = rest.send("POST", path, raw, kind).body
    attachment = message["attachments"][0]
    assert (attachment["filename"], attachment["description"], attachment["size"]) == (
        "map.png",
        "A map",
        3,
    )
    assert message["embeds"][0]["image"]["url"] == attachment["url"]
    served = rest.send("GET", attachment["url"].removeprefix(rest.url), None, {})
    assert (served.status, served.body) == (200, "PNG")


def test_malformed_bodies_are_answered_not_crashed_on(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    box.limits(**{"message.create": {"limit": 100, "per": 1}})
    path = f"/api/v10/channels/{place.channel}/messages"
    kind = {"Content-Type": "application/json"}
    for raw in (
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b'{"content": 5}',
        b'{"embeds": "x"}',
        b'{"embeds": [1]}',
        b'{"embeds": [{"fields": [1]}]}',
        b'{"components": [1]}',
        b'{"components": [{"type": 1, "components": [1]}]}',
        b'{"content": "x", "message_reference": 3}',
    ):
        answer = rest.send("POST", path, raw, kind)
        assert answer.status == 400, (raw, answer)


def test_nonce_beyond_a_bigint_is_refused(rest: Rest, place: Place) -> None:
    body = {"content": "hi", "nonce": 2**63}
    answer = rest("POST", f"/channels/{place.channel}/messages", body)
    assert (answer.status, answer.code) == (400, 50035)
