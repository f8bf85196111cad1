"""`python lean.py daphne …`: runs a module, and keeps no memory for what it never uses here.

What each process saves stands in `bench/README.md`. Not in a package, which would load Celery
first.
"""

import contextlib
import ctypes
import os
import runpy
import sys
import warnings
from types import ModuleType

# Another package takes each of these where it finds it, and does without where it does not.
UNUSED = {
    "OpenSSL",  # Twisted, for TLS, which ends at the proxy in front
    "cbor2",  # autobahn, for WAMP, which nobody speaks here
    "cffi",  # billiard, for processes of its own; ours are threads
    "charset_normalizer",  # requests, to guess an encoding; Discord answers in UTF-8
    "greenlet",  # Celery, to tell its threads apart; only developers have it
    "rich",  # structlog, for tracebacks in colour; only developers have it
    "twisted",  # structlog, for Twisted's log; daphne alone is built on it
}
M_MMAP_THRESHOLD, LARGE_BYTES = -3, 2**20


class _NoShell(ModuleType):
    """Celery's command line insists on a shell, with which comes a whole terminal."""

    @staticmethod
    def register_repl(_group: object) -> None:
        pass


def leave_out(program: str) -> None:
    """From now on nothing `UNUSED` is found."""
    for name in UNUSED - ({"twisted"} if program == "daphne" else set()):
        sys.modules[name] = None  # type: ignore[assignment]  # as Python wants it said
    sys.modules["click_repl"] = _NoShell("click_repl")
    # Autobahn's own parser of C, to look faster at frames, of which pages send none.
    os.environ.setdefault("AUTOBAHN_USE_NVX", "0")
    warnings.filterwarnings("ignore", "Unable to find acceptable character detection")


def give_back_large_buffers() -> None:
    """Once it has freed a large one, glibc keeps all that are no larger, in every thread: an
    uploaded picture's for good."""
    with contextlib.suppress(AttributeError):  # no glibc
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


if __name__ == "__main__":
    del sys.argv[0]
    leave_out(sys.argv[0])
    give_back_large_buffers()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
