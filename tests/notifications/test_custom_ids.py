"""Custom ids in posted messages stay valid for ever, byte for byte; all others are refused."""

from typing import Annotated

import pytest

from notifications.messages.custom_ids import (
    AskButton,
    AskReading,
    CustomId,
    DraftButton,
    DraftReading,
    EditForm,
    GameButton,
    Id,
    ListButton,
    RolesSelect,
    RosterButton,
    SeriesButton,
    Text,
    parse,
)

LARGEST = 2**63 - 1
STANDING = {
    "g:5:join": GameButton(5, "join"),
    "g:5:maybe": GameButton(5, "maybe"),
    "g:5:decline": GameButton(5, "decline"),
    "g:5:slot": GameButton(5, "slot"),
    "g:5:repost": GameButton(5, "repost"),
    "g:5:cancel": GameButton(5, "cancel"),
    "g:5:run": GameButton(5, "run"),
    "g:5:move": GameButton(5, "move"),
    f"g:{LARGEST}:join": GameButton(LARGEST, "join"),
    "s:5:confirm": SeriesButton(5, "confirm"),
    "s:5:skip": SeriesButton(5, "skip"),
    "s:5:stop": SeriesButton(5, "stop"),
    "draft:5:post": DraftButton(5, "post"),
    "draft:5:edit": DraftButton(5, "edit"),
    "draft:5:discard": DraftButton(5, "discard"),
    "draft:5:more": DraftButton(5, "more"),
    "draft:5:channel": DraftButton(5, "channel"),
    "draft:5:zone": DraftButton(5, "zone"),
    "draft:5:search": DraftButton(5, "search"),
    "draft:5:server": DraftButton(5, "server"),
    "draft:5:at:0": DraftReading(5, 0),
    "draft:5:at:1795608000": DraftReading(5, 1795608000),
    "draft:5:at:99999999999": DraftReading(5, 99999999999),
    "ask:5:form": AskButton(5, "form"),
    "ask:5:again": AskButton(5, "again"),
    "ask:5:fresh": AskButton(5, "fresh"),
    "ask:5:confirm": AskButton(5, "confirm"),
    "ask:5:back": AskButton(5, "back"),
    "ask:5:one": AskButton(5, "one"),
    "ask:5:all": AskButton(5, "all"),
    "ask:5:at:1795608000": AskReading(5, 1795608000),
    "edit:5:0": EditForm(5, 0),
    "edit:5:999999999": EditForm(5, 999999999),
    "roster:5:0:0:0:person": RosterButton(5, "person", 0, 0, 0),
    "roster:5:12:34:56:up": RosterButton(5, "up", 12, 34, 56),
    "roster:5:12:34:56:down": RosterButton(5, "down", 12, 34, 56),
    "roster:5:12:34:56:promote": RosterButton(5, "promote", 12, 34, 56),
    "roster:5:12:34:56:remove": RosterButton(5, "remove", 12, 34, 56),
    "roster:5:12:34:56:add": RosterButton(5, "add", 12, 34, 56),
    "roster:5:12:34:56:placeholder": RosterButton(5, "placeholder", 12, 34, 56),
    "roster:5:12:34:56:seat": RosterButton(5, "seat", 12, 34, 56),
    "roster:5:12:34:56:turn0": RosterButton(5, "turn0", 12, 34, 56),
    f"roster:{LARGEST}:999:{10**18 - 1}:{10**18 - 1}:turn1": RosterButton(
        LARGEST, "turn1", 999, 10**18 - 1, 10**18 - 1
    ),
    "roles:managers": RolesSelect("managers"),
    "roles:hosts": RolesSelect("hosts"),
    "list:server:0": ListButton("server", 0),
    f"list:{LARGEST}:999999": ListButton(str(LARGEST), 999999),
    "list:channel:2": ListButton("channel", 2),
    "list:a:b.c_d-e:2": ListButton("a:b.c_d-e", 2),
}
FORGED = [
    "", "x", "x" * 100, ":", "g", "g:", "g:5", "g:5:", "g:5:explode", "g:5:join:", "g:5:join:1",
    "g:5:join\n", "\ng:5:join", " g:5:join", "G:5:join", "g:5:JOIN", "g:0:join", "g:-1:join",
    "g:05:join", "g:+5:join", "g:1e3:join", "g:1.0:join", "g:1_0:join", "g:५:join", "g:²:join",
    f"g:{LARGEST + 1}:join", "g:99999999999999999999:join", "g:1:\u202ejoin", "gg:5:join",
    "s:5:join", "draft:5:at", "draft:5:at:", "draft:5:at:-1", "draft:5:at:999999999999",
    "draft:5:post:1", "draft:0:at:5", "ask:1:at:99999999999999", "ask:5:post", "edit:5",
    "edit:5:1000000000", "edit:0:1", "edit:5:1:", "roster:1:0:0:0:nuke", "roster:1:1000:0:0:up",
    f"roster:1:0:{10**18}:0:up", f"roster:1:0:0:{10**18}:up", "roster:1:0:0:up",
    "roster:1:0:0:0:turn2", f"list:{LARGEST + 1}:1",
    "roster:0:0:0:0:up", "roles:", "roles:owners", "roles:managers:1", "list::1", "list:../..:1",
    "list:Server:1", "list:server:1000000", "list:server", f"list:{'a' * 61}:1",
]  # fmt: skip


@pytest.mark.parametrize(("text", "meaning"), STANDING.items())
def test_an_id_that_stands_on_discord_is_understood(text: str, meaning: object) -> None:
    assert parse(text) == meaning


@pytest.mark.parametrize("text", FORGED)
def test_what_is_not_ours_means_nothing(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("text", STANDING)
def test_an_id_is_written_as_it_was_read(text: str) -> None:
    found = parse(text)
    assert found is not None
    assert found.custom_id == text


def test_an_id_that_may_outgrow_discords_limit_is_refused_when_it_is_declared() -> None:
    class Fits(CustomId, form="fits:{word}"):
        word: Annotated[str, Text("a-z", 95)]

    assert len(Fits.form.replace("{word}", "x" * 95)) == 100
    with pytest.raises(TypeError, match="cannot be the custom id"):

        class Long(CustomId, form="long:{word}"):
            word: Annotated[str, Text("a-z", 96)]


def test_a_form_without_one_of_its_fields_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be the custom id"):

        class Forgetful(CustomId, form="forgetful:{game_id}"):
            game_id: Id
            page: Id

    with pytest.raises(TypeError, match="cannot be the custom id"):

        class Unknown(CustomId, form="unknown:{game_id}:{page}"):
            game_id: Id
