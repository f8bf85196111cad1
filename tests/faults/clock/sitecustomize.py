"""Shifts the process's clock by the seconds in the file that FAULT_CLOCK names.

Python imports this module at its start. The shift follows changes of the file. `time.monotonic` is
not affected, as when an operator or NTP sets a machine's clock.
"""

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import Any

EVERY = 0.1


def follow(file: Path) -> None:
    travel: Any = None
    real_time, shown = time.time, 0.0
    while True:
        with contextlib.suppress(OSError, ValueError):
            if (wanted := float(file.read_text())) != shown:
                import time_machine  # noqa: PLC0415 -- most processes never need it

                if travel:
                    travel.stop()
                travel, shown = time_machine.travel(real_time() + wanted, tick=True), wanted
                travel.start()
        time.sleep(EVERY)


if "FAULT_CLOCK" in os.environ:
    threading.Thread(
        target=follow, args=[Path(os.environ["FAULT_CLOCK"])], name="clock", daemon=True
    ).start()
