"""Making a game on the web fetches nothing twice."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from games.defaults import defaults_for
from games.models import Game, Template
from guilds.typed_values import read_repeat
from tests.games.forms.form_data import make_place, new_game_data
from when.repetitions import read_rule

pytestmark = pytest.mark.django_db


@contextmanager
def calls_of(*functions: Callable[..., Any]) -> Iterator[Counter[str]]:
    """Count the calls of each function in this thread, by whatever name it was imported."""
    counts: Counter[str] = Counter()
    names = {function.__code__: function.__name__ for function in functions}

    def watch(frame: FrameType, event: str, _arg: Any) -> None:
        if event == "call" and frame.f_code in names:
            counts[names[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield counts
    finally:
        sys.setprofile(before)


def test_defaults_rule_channel_and_template_are_read_once_each(client: Client) -> None:
    guild, channel, member = make_place()
    template = Template.objects.create(guild=guild, name="One shot", description="Be kind")
    client.force_login(member.user)
    data = new_game_data(channel, template=str(template.id), repeat="weekly", zone="Europe/Berlin")

    with (
        calls_of(defaults_for, read_repeat, read_rule) as counts,
        CaptureQueriesContext(connection) as queries,
    ):
        answer = client.post(reverse("game-new", args=[guild.id]), data)

    assert answer.status_code == 302
    game = Game.objects.get()
    assert (game.channel, game.template, game.description) == (channel, template, "Be kind")
    assert game.series is not None and game.series.rule.startswith("FREQ=WEEKLY")
    assert counts == {"defaults_for": 1, "read_repeat": 1}
    for model in (channel, template):
        asked = f'FROM "{model._meta.db_table}"'
        assert sum(asked in query["sql"] for query in queries) == 1, asked
