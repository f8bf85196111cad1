"""What people meet in the moments around a start."""

import threading

import pytest
from django.db import connections

from discordbot.interactions import dispatch
from guilds.models import Guild
from tests.discordbot.stage import Stage, set_stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Stage:
    return set_stage()


def test_the_first_command_waits_for_the_server_to_be_described(stage: Stage) -> None:
    host = stage.actors["the_host"]
    facts = Guild.objects.filter(id=stage.guild.id).values()[0]
    unknown = facts | {"id": facts["id"] + 1, "name": "Just joined"}

    def describe() -> None:
        Guild.objects.create(**unknown)
        connections.close_all()

    host.guild = Guild(**unknown)
    timer = threading.Timer(0.6, describe)
    timer.start()
    answer = host.command("list-games", show_all=True)
    timer.join()

    assert "Coming up on Just joined" in answer.text or "Just joined" in answer.text
    assert "not known to me" not in answer.text


def test_a_server_that_nobody_describes_is_called_unknown_in_the_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "KNOWN_WITHIN", 0.4)
    host = stage.actors["the_host"]
    host.guild = Guild(id=stage.guild.id + 1, name="Elsewhere", owner_id=1)

    assert "not known to me yet" in host.command("list-games", show_all=True).text
