"""Every command and button, used by everybody: who may is let, who may not changes nothing."""

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
from games.typed_game import TypedGame
from guilds.models import Guild
from notifications.messages import custom_ids
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
    """One person's attempt at one thing, on a game of the host's that is theirs alone."""

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


def pressing(action: str, *values: str) -> Act:
    return lambda t: t.actor.press(custom_ids.game_button(t.game.id, action), *values)


def roster(action: str, *values: str) -> Act:
    return lambda t: t.actor.press(custom_ids.roster_button(t.game.id, action), *values)


def edit_form(t: Try) -> Heard:
    form = custom_ids.edit_form(t.game.id, t.game.revision)
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
        MANAGERS | {"host", "the_host", "stranger"},  # each on their own server
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
        ADMINS | {"stranger"},  # the owner of another server sees that one's
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
    "Join": ({"player"}, pressing(custom_ids.JOIN), changes),
    "Maybe": ({"player"}, pressing(custom_ids.MAYBE), changes),
    "Can't go": (MEMBERS, pressing(custom_ids.DECLINE), changes),
    "slot": (set(), pressing(custom_ids.SLOT, "1"), changes),
    "Repost": (EDITORS, pressing(custom_ids.REPOST), says("again")),
    "Cancel game": (EDITORS, pressing(custom_ids.CANCEL), cancels),
    "Run anyway": (EDITORS, pressing(custom_ids.RUN), changes),
    "New time": (EDITORS, pressing(custom_ids.MOVE), opens_form),
    "draft: Post": (
        {"the_host"},
        lambda t: t.actor.press(custom_ids.draft_button(t.draft.id, custom_ids.POST)),
        lambda _t, _h: Game.objects.filter(title="Drafted").delete()[0] > 0,
    ),
    "draft: Edit": (
        {"the_host"},
        lambda t: t.actor.press(custom_ids.draft_button(t.draft.id, custom_ids.EDIT)),
        opens_form,
    ),
    "draft: reading": (
        {"the_host"},
        lambda t: t.actor.press(
            custom_ids.draft_at(t.draft.id, int(timezone.now().timestamp()) // 60 * 60 + 86400)
        ),
        says(":post"),
    ),
    "draft: Discard": (
        {"the_host"},
        lambda t: t.actor.press(custom_ids.draft_button(t.draft.id, custom_ids.DISCARD)),
        lambda t, _h: not Draft.objects.filter(id=t.draft.id).exists(),
    ),
    "asked: Confirm": (
        {"the_host"},
        lambda t: t.actor.press(custom_ids.ask_button(t.asked.id, custom_ids.CONFIRM)),
        cancels,
    ),
    "asked: Back": (
        {"the_host"},
        lambda t: t.actor.press(custom_ids.ask_button(t.asked.id, custom_ids.BACK)),
        says("stays as it is"),
    ),
    "roster: person": (EDITORS, roster(custom_ids.PERSON, "0"), says("roster:")),
    "roster: add by name": (EDITORS, roster(custom_ids.PLACEHOLDER), opens_form),
    "roster: name": (
        EDITORS,
        lambda t: t.actor.submit(
            custom_ids.roster_button(t.game.id, custom_ids.PLACEHOLDER), on_message=True, name="Bo"
        ),
        changes,
    ),
    "roster: add": (
        EDITORS,
        lambda t: t.actor.press(
            custom_ids.roster_button(t.game.id, custom_ids.ADD),
            t.stage.actors["plain"].user.discord_id or 0,
            people=_resolved(t.stage.actors["plain"]),
        ),
        changes,
    ),
    "roles: managers": (
        ADMINS,
        lambda t: t.actor.press(
            custom_ids.roles_select(custom_ids.MANAGERS), t.stage.roles["player"].id
        ),
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
