"""Names of bot processes, and whether one that ran on this machine has died.

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
    """`host:machine:pid:random`; machine is empty where it cannot be told."""
    host = socket.gethostname().replace(":", "-")[:100]
    owner = f"{host}:{_machine()}:{os.getpid()}:{secrets.token_hex(4)}"
    _ours.add(owner)
    return owner


def is_dead(owner: str) -> bool:
    """Whether that process surely runs no more: only ever true of this machine's own."""
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
    """The same for all processes that can see each other's ids, as far as the kernel tells."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        namespace = Path("/proc/self/ns/pid").readlink()
        return hashlib.sha256(f"{boot}{namespace}".encode()).hexdigest()[:12]
    except OSError:
        return ""
