"""The stack with a closable way to Discord and a clock that can be set, the seeds, and the
check at the end. Each xdist worker has a stack of its own, so scenarios run side by side.

`FAULT_SEEDS=1,2` says which seeds each scenario runs with, `FAULT_MORE=beat-2,worker-2` which
processes run besides one of each.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from gamesched.local.environment import CHECKOUT
from tests.e2e.stack import PROCESSES, Stack, prepared_stack
from tests.environment import own_folder
from tests.faults.load import World
from tests.faults.way import Way

CLOCK = Path(__file__).resolve().parent / "clock"
ALL = (*PROCESSES, *filter(None, os.environ.get("FAULT_MORE", "").split(",")))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        seeds = [int(seed) for seed in os.environ.get("FAULT_SEEDS", "1").split(",")]
        metafunc.parametrize("seed", seeds, ids=[f"seed{seed}" for seed in seeds])


@pytest.fixture(scope="session")
def way() -> Way:
    return Way()


@pytest.fixture(scope="session")
def stack(way: Way) -> Iterator[Stack]:
    folder = own_folder("faults")
    clock = folder / "clock"
    with prepared_stack(folder, way.to) as stack:
        clock.write_text("0")
        stack.environment["SANDBOX_URL"] = stack.sandbox.url
        stack.environment["FAULT_CLOCK"] = str(clock)
        stack.environment["PYTHONPATH"] = str(CLOCK)
        stack.bring_up(*ALL)
        yield stack


def set_clock(stack: Stack, *, ahead: float) -> None:
    """The clock of all processes but PostgreSQL and Discord is so many seconds ahead."""
    Path(stack.environment["FAULT_CLOCK"]).write_text(str(ahead))


@pytest.fixture(autouse=True)
def _repaired(stack: Stack) -> Iterator[None]:
    """Whatever a scenario broke is whole again before the next one."""
    yield
    set_clock(stack, ahead=0)
    stack.sandbox.clear_faults()
    stack.sandbox.limits(reset=True)
    stack.servers.resume_stopped()
    stack.wait_for_postgres()
    for name in stack.running:
        if name not in ALL:
            stack.stop(name)
    stack.start(*ALL)
    stack.sandbox.wait_for_bot(commands=1, timeout=60)


type Verify = Callable[..., None]


@pytest.fixture
def verify(stack: Stack) -> Verify:
    """`verify(world)`: H1 to H6 hold, within a minute of quiet, and the logs are clean."""
    starts = {name: len(stack.whole_log(name)) for name in ALL}

    def check(
        world: World,
        *,
        within: float = 60,
        may_expire: bool = False,
        refused_codes: Sequence[int] = (),
        leave_out: Sequence[str] = (),
        may_complain: bool = False,
    ) -> None:
        scope = {
            "within": within,
            "tokens": world.tokens,
            "since_request": world.since_request,
            "since_interaction": world.since_interaction,
            "away": world.away,
            "may_expire": may_expire,
            "refused_codes": list(refused_codes),
            "leave_out": list(leave_out),
        }
        result = subprocess.run(
            ["python", "-m", "tests.faults.check"],
            cwd=CHECKOUT,
            env={**stack.environment, "PYTHONPATH": ""},
            input=json.dumps(scope),
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        problems = json.loads(result.stdout)
        assert not problems, f"seed {world.seed}\n" + "\n".join(problems) + stack.logs()
        logs = "".join(stack.whole_log(name)[start:] for name, start in starts.items())
        interactions = stack.sandbox.interactions(since=world.since_interaction)
        assert not [one for one in interactions if one.raw["token"] in logs]
        assert may_complain or "Traceback" not in logs, logs[-6000:]

    return check
