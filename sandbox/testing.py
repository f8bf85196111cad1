"""The sandbox as a process, for tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sandbox.client import Sandbox

READY = "The sandbox is at "


@contextmanager
def start(
    port: int = 0,
    *,
    data: Path | None = None,
    shards: int = 1,
    demo: bool = False,
    environment: Mapping[str, str] | None = None,
    timeout: float = 20.0,
) -> Iterator[Sandbox]:
    """Run the sandbox as a process of its own (port 0: a free one) until the block ends.

    `environment` is added to the variables of this process.
    """
    variables = {
        **os.environ,
        **(environment or {}),
        "SANDBOX_HOST": "127.0.0.1",
        "SANDBOX_PORT": str(port),
        "SANDBOX_DATA": str(data or ""),
        "SANDBOX_SHARDS": str(shards),
        "SANDBOX_DEMO": "1" if demo else "0",
        "PYTHONUNBUFFERED": "1",
    }
    root = Path(__file__).resolve().parent.parent
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox"],
        cwd=root,
        env=variables,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Sandbox(_address(process, timeout))
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
        if process.stderr:
            process.stderr.close()


def _address(process: subprocess.Popen[str], timeout: float) -> str:
    """Read the address the process prints once it listens; raises RuntimeError if it died."""
    assert process.stderr is not None
    end = time.monotonic() + timeout
    seen = ""
    while time.monotonic() < end:
        line = process.stderr.readline()
        if not line:
            break
        seen += line
        if READY in line:
            return str(line.split(READY, 1)[1].strip())
    raise RuntimeError(f"The sandbox did not start:\n{seen}")
