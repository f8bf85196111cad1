"""Every command and button, used by people with and without the right to do so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from discordbot import routes
from games.enums import Status
from games.models import Draft, Game
from games.new_game import NewGame
from games.services.draft import save_draft
from games.services.pending import CANCEL, save_pending
from games.typed.game import TypedGame
from guilds.models import Guild
from notifications.messages.custom_ids import (
    AskButton,
    DraftButton,
    DraftReading,
    EditForm,
    GameAction,
    GameButton,
    RolesSelect,
    RosterAction,
    RosterButton,
)
from notifications.models import Announcement
from tests.discordbot.stage import Actor, Heard, Stage, set_stage
from tests.factories import make_game

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
MANAGERS = {"owner", "administrator", "manage_guild", "manager"}
EDITORS = MANAGERS | {"the_host"}
ADMINS = {"owner", "administrator", "manage_guild"}
MEMBERS = EDITORS | {"host", "player", "plain", "channel_manager"}
EVERYONE = MEMBERS | {"left", "stranger"}


class Try:
    """One person's attempt at one action, on a game made for this attempt."""

    def __init__(self, stage: Stage, actor: Actor) -> None:
        self.stage, self.actor = stage, actor
        self.host = stage.member("the_host")
        self.game = make_game(
            self.host,
            stage.channel,
            player_role_ids=(stage.roles["player"].id,),
            min_players=2,
        )
        self.draft = save_draft(
            author=self.host,
            typed=TypedGame(stage.channel.id, "Drafted", "in 3 hours"),
            new=NewGame(stage.channel.id, "Drafted", timezone.now() + 3 * HOUR, "UTC"),
        )
        self.asked = save_pending(
            member=self.host, about=CANCEL, game_id=self.game.id, values={"reason": ""}
        )
        Draft.objects.update(created_at=timezone.now() - HOUR)
        Announcement.objects.filter(game=self.game).update(lost_at=timezone.now())

    def now(self) -> Game:
        return Game.objects.get(id=self.game.id)

    def changed(self) -> bool:
        return self.now().revision > self.game.revision


type Act = Callable[[Try], Heard]
type Done = Callable[[Try, Heard], bool]


def pressing(action: GameAction, *values: str) -> Act:
    return lambda t: t.actor.press(GameButton(t.game.id, action).custom_id, *values)


def roster(action: RosterAction, *values: str) -> Act:
    return lambda t: t.actor.press(RosterButton(t.game.id, action).custom_id, *values)


def edit_form(t: Try) -> Heard:
    form = EditForm(t.game.id, t.game.revision).custom_id
    return t.actor.submit(
        form,
        title="Taken over",
        when="in 4 hours",
        duration="2h",
        max_players="5",
        description="",
    )


def opens_form(_t: Try, heard: Heard) -> bool:
    return heard.is_modal


def changes(t: Try, _heard: Heard) -> bool:
    return t.changed()


def cancels(t: Try, _heard: Heard) -> bool:
    return t.now().status == Status.CANCELLED


def says(*words: str) -> Done:
    return lambda _t, heard: any(word in heard.text for word in words)


def asks(t: Try, heard: Heard) -> bool:
    return "ask:" in heard.text


TABLE: dict[str, tuple[set[str], Act, Done]] = {
    "/create-game": (
        MANAGERS | {"host", "the_host", "stranger"},  # each of their own server
        lambda t: t.actor.command("create-game", title="New", when="in 3 hours"),
        says(":post"),
    ),
    "/edit-game": (
        EDITORS,
        lambda t: t.actor.command("edit-game", game=str(t.game.id)),
        opens_form,
    ),
    "/cancel-game": (
        EDITORS,
        lambda t: t.actor.command("cancel-game", game=str(t.game.id)),
        asks,
    ),
    "/clone-game": (
        EDITORS,
        lambda t: t.actor.command("clone-game", game=str(t.game.id), when="in 3 hours"),
        says(":post"),
    ),
    "/roster": (
        EDITORS,
        lambda t: t.actor.command("roster", game=str(t.game.id)),
        says("roster:"),
    ),
    "/config-guild": (
        ADMINS,
        lambda t: t.actor.command("config-guild", max_players=7),
        lambda t, _h: Guild.objects.get(id=t.stage.guild.id).max_players == 7,
    ),
    "/config-guild shown": (
        ADMINS | {"stranger"},  # the owner of another server sees its settings
        lambda t: t.actor.command("config-guild"),
        says("roles:managers"),
    ),
    "/config-channel": (
        MANAGERS | {"channel_manager"},
        lambda t: t.actor.command("config-channel", channel=str(t.stage.channel.id), max_players=7),
        lambda t, _h: t.stage.guild.channels.get(id=t.stage.channel.id).max_players == 7,
    ),
    "/list-games": (
        MEMBERS,
        lambda t: t.actor.command("list-games", show_all=True),
        says("Dungeon night"),
    ),
    "/my-games": ({"the_host"}, lambda t: t.actor.command("my-games"), says("Dungeon night")),
    "/settings": (EVERYONE, lambda t: t.actor.command("settings"), says("Quiet hours")),
    "/help": (EVERYONE, lambda t: t.actor.command("help"), says("/create-game")),
    "completion of game": (
        EDITORS,
        lambda t: t.actor.complete("edit-game", "game", "dungeon"),
        lambda t, heard: str(t.game.id) in [one["value"] for one in heard.choices],
    ),
    "edit form": (EDITORS, edit_form, lambda t, _h: t.now().title == "Taken over"),
    "Join": ({"player"}, pressing("join"), changes),
    "Maybe": ({"player"}, pressing("maybe"), changes),
    "Can't go": (MEMBERS, pressing("decline"), changes),
    "slot": (set(), pressing("slot", "1"), changes),
    "Repost": (EDITORS, pressing("repost"), says("again")),
    "Cancel game": (EDITORS, pressing("cancel"), cancels),
    "Run anyway": (EDITORS, pressing("run"), changes),
    "New time": (EDITORS, pressing("move"), opens_form),
    "draft: Post": (
        {"the_host"},
        lambda t: t.actor.press(DraftButton(t.draft.id, "post").custom_id),
        lambda _t, _h: Game.objects.filter(title="Drafted").delete()[0] > 0,
    ),
    "draft: Edit": (
        {"the_host"},
        lambda t: t.actor.press(DraftButton(t.draft.id, "edit").custom_id),
        opens_form,
    ),
    "draft: reading": (
        {"the_host"},
        lambda t: t.actor.press(
            DraftReading(t.draft.id, int(timezone.now().timestamp()) // 60 * 60 + 86400).custom_id
        ),
        says(":post"),
    ),
    "draft: More fields": (
        {"the_host"},
        lambda t: t.actor.press(DraftButton(t.draft.id, "more").custom_id),
        opens_form,
    ),
    "draft: channel": (
        {"the_host"},
        lambda t: t.actor.press(DraftButton(t.draft.id, "channel").custom_id, t.stage.channel.id),
        says(":post"),
    ),
    "draft: zone": (
        {"the_host"},
        lambda t: t.actor.press(DraftButton(t.draft.id, "zone").custom_id, "Europe/Paris"),
        says("Europe/Paris"),
    ),
    "draft: zone by name": (
        {"the_host"},
        lambda t: t.actor.submit(DraftButton(t.draft.id, "search").custom_id, zone="Paris"),
        says("Europe/Paris"),
    ),
    "draft: zone of the server": (
        set(),
        lambda t: t.actor.press(DraftButton(t.draft.id, "server").custom_id),
        lambda t, _h: bool(Guild.objects.get(id=t.stage.guild.id).timezone),
    ),
    "draft: Discard": (
        {"the_host"},
        lambda t: t.actor.press(DraftButton(t.draft.id, "discard").custom_id),
        lambda t, _h: not Draft.objects.filter(id=t.draft.id).exists(),
    ),
    "asked: Confirm": (
        {"the_host"},
        lambda t: t.actor.press(AskButton(t.asked.id, "confirm").custom_id),
        cancels,
    ),
    "asked: Back": (
        {"the_host"},
        lambda t: t.actor.press(AskButton(t.asked.id, "back").custom_id),
        says("stays as it is"),
    ),
    "roster: person": (EDITORS, roster("person", "0"), says("roster:")),
    "roster: add by name": (EDITORS, roster("placeholder"), opens_form),
    "roster: name": (
        EDITORS,
        lambda t: t.actor.submit(
            RosterButton(t.game.id, "placeholder").custom_id, on_message=True, name="Bo"
        ),
        changes,
    ),
    "roster: add": (
        EDITORS,
        lambda t: t.actor.press(
            RosterButton(t.game.id, "add").custom_id,
            t.stage.actors["plain"].user.discord_id or 0,
            people=_resolved(t.stage.actors["plain"]),
        ),
        changes,
    ),
    "roles: managers": (
        ADMINS,
        lambda t: t.actor.press(RolesSelect("managers").custom_id, t.stage.roles["player"].id),
        lambda t, _h: (
            Guild.objects.get(id=t.stage.guild.id).manager_role_ids == [t.stage.roles["player"].id]
        ),
    ),
}


def _resolved(actor: Actor) -> dict[str, Any]:
    user_id = str(actor.user.discord_id)
    return {
        "users": {user_id: {"id": user_id, "username": actor.user.username}},
        "members": {user_id: {"roles": []}},
    }


@pytest.mark.parametrize("what", TABLE)
def test_who_may_use(what: str) -> None:
    allowed, act, is_done = TABLE[what]
    stage = set_stage()

    outcome = {}
    for name, actor in stage.actors.items():
        attempt = Try(stage, actor)
        Guild.objects.filter(id=stage.guild.id).update(
            max_players=None, manager_role_ids=[stage.roles["manager"].id]
        )
        stage.guild.channels.update(max_players=None)
        heard = act(attempt)
        assert len(heard.acknowledgements) == 1, (name, heard)
        assert "went wrong" not in heard.text, (name, heard)
        outcome[name] = is_done(attempt, heard)
        if name not in allowed:
            assert not attempt.changed(), name
        Game.objects.filter(id=attempt.game.id).delete()

    assert {name for name, done in outcome.items() if done} == allowed


def test_the_table_leaves_no_command_out() -> None:
    tried = {name.split()[0].removeprefix("/") for name in TABLE if name.startswith("/")}

    assert tried == set(routes.COMMANDS)


def test_everybody_who_is_anybody_is_tried() -> None:
    stage = set_stage()

    assert set(stage.actors) == EVERYONE
