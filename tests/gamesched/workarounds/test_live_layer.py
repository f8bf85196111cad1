"""Open pages during and after an outage of Redis."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from asgiref.sync import async_to_sync
from structlog.testing import capture_logs

from gamesched.local.processes import read_pid
from gamesched.local.stores.valkey import Valkey
from gamesched.workarounds.live_layer import MISSED, LiveLayer


@pytest.fixture
def valkey(folder: Path) -> Iterator[Valkey]:
    server = Valkey(folder / "valkey")
    server.start()
    yield server
    server.stop()


def kill(server: Valkey) -> None:
    pid = read_pid(server.folder / "pid")
    assert pid
    psutil.Process(pid).kill()
    while server.is_running():
        time.sleep(0.01)


def test_an_outage_is_two_lines_and_open_pages_hear_of_its_end(
    valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    layer = LiveLayer(hosts=[{"address": valkey.url(), "socket_connect_timeout": 1}])

    async def story() -> None:
        page = await layer.new_channel()
        await layer.group_add("guild.1", page)
        await layer.group_send("guild.1", {"type": "game.changed"})
        assert await asyncio.wait_for(layer.receive(page), 5) == {"type": "game.changed"}

        kill(valkey)
        await asyncio.sleep(3)  # several tries
        await asyncio.to_thread(valkey.resume)

        assert await asyncio.wait_for(layer.receive(page), 10) == MISSED
        await layer.group_send("guild.1", {"type": "game.changed"})
        assert await asyncio.wait_for(layer.receive(page), 5) == {"type": "game.changed"}
        await layer.flush()

    with capture_logs() as logs:
        async_to_sync(story)()
    assert [line["event"] for line in logs] == ["live_updates_lost", "live_updates_back"]
    assert not [r for r in caplog.records if r.name.startswith("channels_redis")]
