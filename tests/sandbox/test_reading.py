"""Unread messages of a person, in all of their open windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sandbox.client import Sandbox
from sandbox.testing import start
from tests.sandbox.conftest import Place
from tests.sandbox.rest import Rest


def marks(box: Sandbox, user: str, channel: str) -> tuple[bool, int]:
    row = next(one for one in box.channels(user=user) if one["id"] == channel)
    return row["unread"], row["pings"]


def waiting(box: Sandbox, user: str) -> Any:
    return next(one["waiting"] for one in box.users() if one["id"] == user)


def read(box: Sandbox, user: str, channel: str) -> None:
    box.call("POST", "/act/read", {"user_id": user, "channel_id": channel})


def test_a_message_is_unread_until_its_channel_is_seen(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    assert marks(box, place.ada, place.channel) == (False, 0)
    body = {"content": f"Hi <@{place.ada}>"}
    rest("POST", f"/channels/{place.channel}/messages", body)
    assert marks(box, place.ada, place.channel) == (True, 1)
    assert marks(box, place.ben, place.channel) == (True, 0)
    assert (waiting(box, place.ada), waiting(box, place.ben)) == (1, 0)

    read(box, place.ada, place.channel)

    assert marks(box, place.ada, place.channel) == (False, 0)
    assert marks(box, place.ben, place.channel) == (True, 0)
    assert waiting(box, place.ada) == 0


def test_a_direct_message_waits_for_its_person_alone(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    dm = box.open_dm(int(place.ada))["id"]
    rest("POST", f"/channels/{dm}/messages", {"content": "for you"})
    rest("POST", f"/channels/{dm}/messages", {"content": "and more"})
    assert marks(box, place.ada, dm) == (True, 2)
    assert (waiting(box, place.ada), waiting(box, place.ben)) == (2, 0)
    read(box, place.ada, dm)
    assert marks(box, place.ada, dm) == (False, 0)


def test_what_one_wrote_oneself_is_not_new(box: Sandbox, place: Place) -> None:
    box.write(int(place.ada), int(place.channel), "mine")
    assert marks(box, place.ada, place.channel) == (False, 0)
    assert marks(box, place.ben, place.channel) == (True, 0)


def test_a_deleted_message_is_no_longer_unread(box: Sandbox, place: Place) -> None:
    message = box.write(int(place.ben), int(place.channel), f"<@{place.ada}>")
    assert marks(box, place.ada, place.channel) == (True, 1)
    box.delete_message(message)
    assert marks(box, place.ada, place.channel) == (False, 0)
    assert waiting(box, place.ada) == 0


def test_what_was_read_is_kept_over_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "world.json"
    with start(data=data) as box:
        owner, ada = (box.make_user(name)["id"] for name in ("owner", "ada"))
        guild = box.make_guild("tavern", owner)["id"]
        box.add_member(guild, ada)
        channel = box.make_channel(guild, "games")["id"]
        box.write(owner, channel, "seen")
        read(box, ada, channel)
    with start(data=data) as box:
        assert marks(box, ada, channel) == (False, 0)
        box.write(owner, channel, "unseen")
        assert marks(box, ada, channel) == (True, 0)
