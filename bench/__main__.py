"""Runs all benches (`make bench`) or some: `python -m bench joins ticks`.

Each runs in a process of its own. The figures are printed as a table and kept, with a description
of the machine, in `var/bench/<name>.json`.
"""

import json
import os
import sys
import time
from argparse import ArgumentParser
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from multiprocessing import get_context

from bench.database import VAR
from bench.machine import describe
from bench.table import Figure, print_table

BENCHES = (
    "ticks",
    "joins",
    "clicks",
    "carrying",
    "edits",
    "pages",
    "feed",
    "lateness",
    "starts",
    "direct",
    "processes",
)


def main() -> int:
    parser = ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHES))
    names = parser.parse_args().names or BENCHES
    if unknown := set(names) - set(BENCHES):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    machine = describe()
    print(", ".join(f"{what} {value}" for what, value in machine.items()), flush=True)
    is_good = True
    for name in names:
        load, began = os.getloadavg()[0], time.monotonic()
        print(f"{name} begins at a load of {load:.2f}", flush=True)
        figures = _run(name)
        seconds = time.monotonic() - began
        print_table(name, figures)
        print(f"{name} took {seconds:.0f} s\n", flush=True)
        _keep(name, figures, machine | {"load": load}, seconds)
        is_good &= all(figure.is_reached is not False for figure in figures)
    return 0 if is_good else 1


def _run(name: str) -> list[Figure]:
    """Run a bench in a new interpreter, since a process reads its settings only once."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        figures: list[Figure] = pool.submit(
            import_module(f"bench.measures.{name}").measure
        ).result()
    return figures


def _keep(name: str, figures: list[Figure], machine: dict[str, object], seconds: float) -> None:
    rows = [asdict(one) | {"ratio": one.ratio, "is_reached": one.is_reached} for one in figures]
    at = datetime.now(UTC).isoformat(timespec="seconds")
    taken = {"at": at, "seconds": round(seconds), "machine": machine}
    text = json.dumps({"bench": name, **taken, "figures": rows}, indent=2)
    VAR.mkdir(parents=True, exist_ok=True)
    (VAR / f"{name}.json").write_text(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
