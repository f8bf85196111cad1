"""The list of everything the bot reacts to, and the rules of its declarations."""

from collections.abc import Mapping
from typing import Any

import pytest

from discordbot.interactions.routes import Routes, on, reply
from discordbot.routes import COMMANDS, ROUTES
from notifications.messages.custom_ids import (
    AskButton,
    CustomId,
    EditForm,
    GameButton,
    ListButton,
    OneOf,
)

ON_COMMANDS = """
    /create-game new_games.create_game
    /edit-game moves.edit_or_move
    /cancel-game edits.cancel_game
    /clone-game new_games.clone_game
    /list-games lists.list_games
    /my-games lists.my_games
    /roster roster.show_roster
    /config-guild config.config_guild
    /config-channel config.config_channel
    /settings settings.show_settings
    /help help.show_help
"""
ON_BUTTONS = """
    g:{game_id}:join signup.press
    g:{game_id}:maybe signup.press
    g:{game_id}:decline signup.press
    g:{game_id}:slot signup.press
    g:{game_id}:repost notices.repost
    g:{game_id}:cancel notices.cancel
    g:{game_id}:run notices.run_anyway
    g:{game_id}:move notices.open_time_form
    draft:{draft_id}:post drafts.post
    draft:{draft_id}:edit drafts.open_form
    draft:{draft_id}:more drafts.open_more
    draft:{draft_id}:discard drafts.discard
    draft:{draft_id}:channel drafts.choose_channel
    draft:{draft_id}:zone drafts.choose_zone
    draft:{draft_id}:search drafts.open_search
    draft:{draft_id}:server drafts.set_for_server
    draft:{draft_id}:at:{moment} drafts.choose_reading
    ask:{pending_id}:again questions.open_form
    ask:{pending_id}:fresh questions.open_fresh_form
    ask:{pending_id}:confirm questions.confirm
    ask:{pending_id}:back questions.go_back
    ask:{pending_id}:one questions.choose_scope
    ask:{pending_id}:all questions.choose_scope
    ask:{pending_id}:at:{moment} questions.choose_reading
    s:{game_id}:confirm series.confirm
    s:{game_id}:skip series.skip
    s:{game_id}:stop series.stop
    roster:{game_id}:{page}:{participant_id}:{slot_id}:person roster.choose_person
    roster:{game_id}:{page}:{participant_id}:{slot_id}:up roster.act
    roster:{game_id}:{page}:{participant_id}:{slot_id}:down roster.act
    roster:{game_id}:{page}:{participant_id}:{slot_id}:promote roster.act
    roster:{game_id}:{page}:{participant_id}:{slot_id}:remove roster.act
    roster:{game_id}:{page}:{participant_id}:{slot_id}:add roster.add_member
    roster:{game_id}:{page}:{participant_id}:{slot_id}:placeholder roster.open_name_form
    roster:{game_id}:{page}:{participant_id}:{slot_id}:seat roster.choose_slot
    roster:{game_id}:{page}:{participant_id}:{slot_id}:turn0 roster.turn_page
    roster:{game_id}:{page}:{participant_id}:{slot_id}:turn1 roster.turn_page
    roles:managers config.choose_roles
    roles:hosts config.choose_roles
    list:{scope}:{page} lists.turn_page
"""
ON_FORMS = """
    draft:{draft_id}:edit drafts.submit_form
    draft:{draft_id}:more drafts.submit_more
    draft:{draft_id}:search drafts.search_zone
    edit:{game_id}:{revision} edits.submit_form
    ask:{pending_id}:form questions.submit_form
    roster:{game_id}:{page}:{participant_id}:{slot_id}:placeholder roster.submit_name
"""


def name(run: Any) -> str:
    return f"{run.__module__.removeprefix('discordbot.features.')}.{run.__name__}"


def listed(table: Mapping[tuple[type[CustomId], str], Any]) -> list[str]:
    return [
        f"{kind.form.replace('{action}', action)} {name(run)}"
        for (kind, action), run in table.items()
    ]


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def test_everything_the_bot_reacts_to_stands_on_this_page() -> None:
    assert [f"/{one.name} {name(one.run)}" for one in COMMANDS.values()] == lines(ON_COMMANDS)
    assert listed(ROUTES.buttons) == lines(ON_BUTTONS)
    assert listed(ROUTES.forms) == lines(ON_FORMS)


@pytest.mark.parametrize("kind", CustomId.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_id_is_reacted_to(kind: type[CustomId]) -> None:
    part = kind.parts.get("action")
    for action in part.words if isinstance(part, OneOf) else ("",):
        assert (kind, action) in ROUTES.buttons.keys() | ROUTES.forms.keys()


def test_route_of_an_action_that_the_id_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="GameButton has no action explode"):
        on(GameButton, "explode", run=reply(lambda _interaction, _button: {}))
    with pytest.raises(ValueError, match="ListButton has no action join"):
        on(ListButton, "join", run=reply(lambda _interaction, _button: {}))


def test_two_routes_of_one_press_are_refused() -> None:
    run = reply(lambda _interaction, _button: {})
    routes = [on(AskButton, run=run), on(AskButton, "again", run=run)]
    with pytest.raises(ValueError, match="AskButton again has two routes"):
        Routes(commands={}, buttons=routes, forms=())
    Routes(
        commands={},
        buttons=routes[:1],
        forms=[on(AskButton, "form", run=run), on(EditForm, run=run)],
    )
