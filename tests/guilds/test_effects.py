"""What an admin is told of a changed setting is when it really counts."""

import pytest

from guilds.services.settings import CHANNEL_SETTINGS, GUILD_SETTINGS
from guilds.settings.effects import saved

AT_ONCE = "at once"


@pytest.mark.parametrize(
    "name",
    ["remind_by_dm", "below_minimum", "mention_unreachable", "host_role_ids", "is_active"],
)
def test_settings_that_announced_games_follow_are_not_said_to_be_for_new_games(name: str) -> None:
    said = saved([name])
    assert AT_ONCE in said and "New games" not in said


@pytest.mark.parametrize("name", ["max_players", "reminder_minutes", "archive", "game_category"])
def test_settings_copied_into_a_game_are_said_to_be_for_new_games(name: str) -> None:
    said = saved([name])
    assert "New games start with it" in said and AT_ONCE not in said


def test_language_and_time_of_the_question_say_when_announced_games_follow() -> None:
    assert "when they are next updated" in saved(["locale"])
    assert "when they are next changed" in saved(["decide_minutes"])


@pytest.mark.parametrize("name", sorted(GUILD_SETTINGS | CHANNEL_SETTINGS))
def test_every_setting_says_from_when_it_counts(name: str) -> None:
    assert saved([name]) != "Saved."


def test_saving_without_a_change_promises_nothing() -> None:
    assert saved([]) == "Saved."
