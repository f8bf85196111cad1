"""Names of bot processes, which tell whether one of this machine has died.

A process that is started again right after a crash need not wait for its own old lease.
"""

import hashlib
import os
import secrets
import socket
from functools import cache
from pathlib import Path

_ours: set[str] = set()


def new_owner() -> str:
    """A new `host:machine:pid:random`, its machine empty where it cannot be told."""
    host = socket.gethostname().replace(":", "-")[:100]
    owner = f"{host}:{_machine()}:{os.getpid()}:{secrets.token_hex(4)}"
    _ours.add(owner)
    return owner


def is_dead(owner: str) -> bool:
    """True when that process surely runs no more, which can be told on its own machine only."""
    _host, _, rest = owner.partition(":")
    machine, pid, _random = rest.split(":") if rest.count(":") == 2 else ("", "", "")
    if not machine or machine != _machine() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return owner not in _ours
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@cache
def _machine() -> str:
    """One name for all processes that can see each other's ids, as far as the kernel tells."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        namespace = Path("/proc/self/ns/pid").readlink()
        return hashlib.sha256(f"{boot}{namespace}".encode()).hexdigest()[:12]
    except OSError:
        return ""
