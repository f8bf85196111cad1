"""Selects of messages, and modals with all that can stand in them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import ControlError, Sandbox
from tests.sandbox.conftest import Place
from tests.sandbox.gateway import Bot, bot
from tests.sandbox.rest import Answer, Rest

pytestmark = pytest.mark.asyncio
BUTTON = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
OPTIONS = [{"label": str(n), "value": str(n)} for n in range(3)]


def select(kind: int = 3, **more: Any) -> dict[str, Any]:
    own: dict[str, Any] = {"options": OPTIONS} if kind == 3 else {}
    return {"type": kind, "custom_id": f"s{kind}"} | own | more


def default(kind: str) -> dict[str, Any]:
    return {"id": "5", "type": kind}


@pytest.mark.parametrize(
    "part",
    [
        select(max_values=4),
        select(min_values=4),
        select(min_values=2),
        select(min_values=3, max_values=2),
        select(options=[OPTIONS[0], OPTIONS[0]]),
        select(options=[OPTIONS[0] | {"default": "yes"}]),
        select(options=[one | {"default": True} for one in OPTIONS]),
        select(disabled="no"),
        select(8, channel_types=[0, 0]),
        select(8, channel_types=[99]),
        select(5, default_values=[default("role")]),
        select(6, default_values=[default("role"), default("role")]),
        select(7, default_values=[default("channel")]),
        select(5, default_values=[{"id": "ada", "type": "user"}]),
        select(5, max_values=26),
        select(5, placeholder="x" * 151),
    ],
)
async def test_wrong_select_is_refused(rest: Rest, place: Place, part: dict[str, Any]) -> None:
    body = {"components": [{"type": 1, "components": [part]}]}
    assert rest("POST", f"/channels/{place.channel}/messages", body).code == 50035


@pytest.mark.parametrize(
    "part",
    [
        select(min_values=0, max_values=3),
        select(options=[OPTIONS[0] | {"default": True}, OPTIONS[1]]),
        select(5, default_values=[default("user")]),
        select(7, default_values=[default("user"), default("role")], max_values=2),
        select(8, channel_types=[0, 5, 15], disabled=True),
        select(placeholder="🎲" * 150),
        select(min_values=0),
    ],
)
async def test_good_select_is_taken(rest: Rest, place: Place, part: dict[str, Any]) -> None:
    body = {"components": [{"type": 1, "components": [part]}]}
    assert rest("POST", f"/channels/{place.channel}/messages", body).status == 200


def label(component: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 18, "label": "What", "component": component} | more


def text(**more: Any) -> dict[str, Any]:
    return {"type": 4, "custom_id": "text", "style": 1} | more


async def open_modal(
    box: Sandbox, rest: Rest, place: Place, app: Bot, *parts: Any
) -> tuple[Answer, str]:
    message = rest("POST", f"/channels/{place.channel}/messages", {"components": [BUTTON]}).body
    box.click(place.ada, message, "go", wait=False)
    sent = await app.interaction()
    answer = app.reply(sent, 9, title="Modal", custom_id="m", components=list(parts))
    return answer, sent["id"]


def submit(box: Sandbox, place: Place, opened: str, values: dict[str, Any]) -> None:
    body = {"user_id": place.ada, "interaction_id": opened, "values": values, "wait": False}
    box.call("POST", "/act/modal", body)


RADIO = {"type": 21, "custom_id": "r", "options": OPTIONS}
BOXES = {"type": 22, "custom_id": "b", "options": OPTIONS}
FILES = {"type": 19, "custom_id": "f"}


@pytest.mark.parametrize(
    "part",
    [
        label(select(disabled=True)),
        label(select(min_values=0)),
        label(select(min_values=0, required=True)),
        label(select(), label="x" * 46),
        label(select(), description=""),
        label(text(min_length=5, max_length=4)),
        label(text(required="yes")),
        label(text(value="xx", max_length=1)),
        label({"type": 2, "custom_id": "x", "style": 1, "label": "x"}),
        {"type": 18, "label": "What"},
        {"type": 10},
        {"type": 10, "content": ""},
        {"type": 10, "content": "x" * 4001},
        {"type": 9},
        RADIO,
        label(RADIO | {"options": OPTIONS[:1]}),
        label(RADIO | {"options": [one | {"default": True} for one in OPTIONS]}),
        label(BOXES | {"options": [{"label": str(n), "value": str(n)} for n in range(11)]}),
        label(BOXES | {"min_values": 0}),
        label(BOXES | {"max_values": 4}),
        label(FILES | {"max_values": 11}),
        label(FILES | {"file_types": ["exe"]}),
        label({"type": 23, "custom_id": "c", "default": "on"}),
        label({"type": 23}),
    ],
)
async def test_wrong_part_of_a_modal_is_refused(
    box: Sandbox, rest: Rest, place: Place, part: dict[str, Any]
) -> None:
    async with bot(box) as app:
        answer, _ = await open_modal(box, rest, place, app, part)
        assert answer.code == 50035
        assert answer.body["errors"]["data"]["components"]["0"]


async def test_modal_with_every_part_is_opened_and_submitted(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    async with bot(box) as app:
        answer, opened = await open_modal(
            box, rest, place, app,
            {"type": 10, "content": "# Please"},
            label(RADIO | {"required": False}),
            label(BOXES | {"min_values": 0, "required": False}),
            label({"type": 23, "custom_id": "c"}),
            label(FILES | {"file_types": [".txt", "image"], "max_values": 2}),
        )  # fmt: skip
        assert answer.status == 204
        file = {"filename": "list.txt", "content": "aGk="}
        values = {"r": "1", "b": ["0", "2"], "c": True, "f": [file]}
        with pytest.raises(ControlError, match="not of a type"):
            submit(box, place, opened, values | {"f": [{"filename": "a.exe"}]})
        with pytest.raises(ControlError, match="choose 1 to 2"):
            submit(box, place, opened, {})
        submit(box, place, opened, values)
        data = (await app.interaction())["data"]
    shown, radio, boxes, tick, files = data["components"]
    assert (shown["type"], "component" in shown) == (10, False)
    assert radio["component"]["value"] == "1"
    assert boxes["component"]["values"] == ["0", "2"]
    assert tick["component"]["value"] is True
    (attachment,) = files["component"]["values"]
    assert data["resolved"]["attachments"][attachment]["filename"] == "list.txt"


async def test_six_parts_are_too_many_for_a_modal(box: Sandbox, rest: Rest, place: Place) -> None:
    parts = [label(text(custom_id=f"t{n}")) for n in range(6)]
    async with bot(box) as app:
        assert (await open_modal(box, rest, place, app, *parts))[0].code == 50035
