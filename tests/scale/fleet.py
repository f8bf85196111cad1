"""Two bots, three workers, two web processes and a beat, each replaced under load."""

import contextlib
import time
from collections.abc import Iterator

from gamesched.local.processes import find_free_port
from tests.duration import wait_until
from tests.e2e.stack import Stack, http_status, prepared_stack
from tests.environment import VAR
from tests.scale.balancer import Balancer

SHARDS, SHARDS_A_BOT, AT_ONCE = 10, 5, 2
IDENTIFY_PERIOD = 5.0
SECONDS_UNTIL_IT_WORKS = 6
BOTS = ("bot-1", "bot-2")
WORKERS = ("worker-1", "worker-2", "worker-3")
WEBS = ("web-1", "web-2")
EVERYTHING = (*BOTS, *WORKERS, *WEBS, "beat")


class Fleet:
    """The stack, with a balancer in front of its web processes."""

    def __init__(self, stack: Stack, balancer: Balancer, ports: dict[str, int]) -> None:
        self.stack, self.sandbox, self.balancer = stack, stack.sandbox, balancer
        self.ports = ports
        self._spares = 0

    def start(self, *names: str) -> None:
        for name in names:
            self.stack.variables[name] = self._variables(name)
        self.stack.start(*names)

    def _variables(self, name: str) -> dict[str, str]:
        if name.startswith("web"):
            return {"PORT": str(self.ports[name]), "HOST": "127.0.0.1"}
        return {"SHARDS_PER_PROCESS": str(SHARDS_A_BOT)} if name.startswith("bot") else {}

    def wait_for_web(self, name: str) -> None:
        health = f"http://127.0.0.1:{self.ports[name]}/healthz"
        wait_until(lambda: http_status(health) == 200, 60)

    def start_standby(self) -> str:
        """Start another bot, which waits since all shards are held."""
        self._spares += 1
        name = f"bot-spare{self._spares}"
        self.start(name)
        wait_until(lambda: "shards_all_held" in self.stack.whole_log(name), 60)
        return name

    def roll(self, name: str) -> float:
        """Replace a process while the others work; returns the seconds it took.

        A bot's successor is started first and stands by. Other processes are restarted.
        """
        began = time.monotonic()
        if name in self.bots():
            self.start_standby()
            self.stack.stop(name)
            self.wait_for_shards()
        else:
            self.stack.stop(name)
            self.start(name)
            if name in WEBS:
                self.wait_for_web(name)
            elif name in WORKERS:
                time.sleep(SECONDS_UNTIL_IT_WORKS)  # it does not tell when it is ready
        return time.monotonic() - began

    def bots(self) -> list[str]:
        return [name for name in self.stack.running if name.startswith("bot")]

    def wait_for_shards(self, timeout: float = 60) -> None:
        wait_until(lambda: self.sandbox.health()["shards"] == list(range(SHARDS)), timeout)

    def holders(self) -> dict[int, str]:
        """Return the number of the process that holds each shard."""
        rows = self.stack.rows(
            "select shard_id, split_part(owner, ':', 3) from discordbot_shardlease"
            " where lease_until > now() order by shard_id"
        )
        return {int(str(shard)): str(owner) for shard, owner in rows}

    def log(self, name: str) -> str:
        return self.stack.whole_log(name)


@contextlib.contextmanager
def running_fleet() -> Iterator[Fleet]:
    """Run servers and the sandbox, with limits on identifying, but no process of ours yet."""
    ports = {name: find_free_port() for name in WEBS}
    balancer = Balancer(list(ports.values()))
    folder = VAR / "scale"
    for log in folder.glob("*.log"):
        log.unlink()
    with (
        balancer.running() as port,
        prepared_stack(folder, shards=SHARDS, site_port=port) as stack,
    ):
        stack.sandbox.knobs(
            max_concurrency=AT_ONCE, identify_period=IDENTIFY_PERIOD, log_size=500_000
        )
        yield Fleet(stack, balancer, ports)
