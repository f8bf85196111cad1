"""Dedupe keys never change between versions, so that existing rows are not written again."""

import zlib
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from games.models import Game, Series
from notifications.kinds.channel_trouble import ChannelTrouble
from notifications.kinds.post_lost import PostLost
from notifications.kinds.reminder import DueReminder, Reminder
from notifications.kinds.series_trouble import SeriesTrouble
from notifications.kinds.unreachable import Unreachable
from notifications.models import Delivery
from tests.factories import make_game

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def keys(deliveries: list[Delivery]) -> list[str]:
    return [delivery.dedupe_key for delivery in deliveries]


def test_troubles_are_told_once_a_day_or_once_a_post() -> None:
    game = make_game()
    host = game.host.discord_id
    lost = PostLost().deliveries(game_id=game.id, post_number=3, now=NOW)
    assert keys(lost) == [f"lost:{game.id}:3:{host}"]
    trouble = ChannelTrouble().deliveries(game_id=game.id, channel_id=77, now=NOW)
    assert keys(trouble) == [f"trouble:77:2026-11-20:{host}"]
    closed = Unreachable().deliveries(game_id=game.id, person=5, now=NOW)
    assert keys(closed) == [f"unreachable:{game.id}:2026-11-20:{host}"]
    assert closed[0].due_at == NOW + timedelta(seconds=20)
    assert closed[0].expires_at == closed[0].due_at + timedelta(days=1)
    assert Unreachable().deliveries(game_id=game.id, person=host or 0, now=NOW) == []


def test_trouble_of_a_series_is_told_once_for_each_reason() -> None:
    game = Game(id=9, guild_id=1, host=make_game().host)
    assert SeriesTrouble().deliveries(game, now=NOW) == []
    game.series = Series(trouble="No channel.")
    (row,) = SeriesTrouble().deliveries(game, now=NOW)
    reason = zlib.crc32(b"No channel.")
    assert row.dedupe_key == f"series_trouble:9:{reason}:{game.host.discord_id}"
    assert row.payload == {"reason": "No channel."}


def test_reminders_are_keyed_by_time_and_place() -> None:
    game = make_game()
    now = timezone.now()
    due = DueReminder(game, 60, now + timedelta(minutes=10))
    people = [10**18 + n for n in range(61)]
    rows = Reminder().deliveries(due, people, {}, now=now)
    key = f"rem:{game.id}:{game.schedule_version}:60"
    assert keys(rows) == [f"{key}:ch:0", f"{key}:ch:1"]
    host = game.host
    host.reminder_minutes = [60]
    own = DueReminder(game, 60, now + timedelta(minutes=10), is_own=True)
    rows = Reminder().deliveries(own, people, {people[1]: host}, now=now)
    assert keys(rows) == [f"{key}:dm:{people[1]}"]
