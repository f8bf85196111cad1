"""Fixtures: the stack with a closable proxy to Discord and an adjustable clock, seeds, and checks.

Each xdist worker has a stack of its own, so scenarios can run side by side. `FAULT_SEEDS=1,2` are
the seeds for each scenario; `FAULT_MORE=beat-2,worker-2` are processes in addition to one of each.
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
    """Set the clock of our processes ahead by so many seconds; PostgreSQL's and Discord's stay."""
    Path(stack.environment["FAULT_CLOCK"]).write_text(str(ahead))


@pytest.fixture(autouse=True)
def _repaired(stack: Stack) -> Iterator[None]:
    """Repair after each scenario what it broke."""
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
    """Return `verify(world)`, which asserts H1 to H6 within a minute, and clean logs."""
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
