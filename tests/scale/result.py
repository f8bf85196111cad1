"""The measured figures, printed and kept as JSON in var/scale."""

import json
import os
import platform
from typing import Any

from tests.environment import VAR

FILE = VAR / "scale" / "result.json"


def note(what: str, **figures: Any) -> None:
    """Add or replace the figures of `what`. Floats are seconds unless named otherwise."""
    rounded = {
        name: round(value, 2) if isinstance(value, float) else value
        for name, value in figures.items()
    }
    print(f"{what}: {rounded}")
    kept = json.loads(FILE.read_text()) if FILE.exists() else {}
    kept["machine"] = f"{os.cpu_count()} cores, {platform.platform()}"
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(kept | {what: rounded}, indent=2) + "\n")
