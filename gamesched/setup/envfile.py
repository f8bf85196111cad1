"""The file `.env`, read as the settings read it, and written without losing other lines."""

import contextlib
import io
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

PLAIN = re.compile(r"[\w.:/@,+=%~-]*", re.ASCII)
COMMENTED = re.compile(r"#([A-Z][A-Z0-9_]*)=")


def read_env_file(file: Path) -> dict[str, str]:
    """Return the file's variables that are not empty; none if there is no file."""
    return {name: value for name, value in dotenv_values(file).items() if value}


def write_env_file(file: Path, values: Mapping[str, str], *, example: Path | None = None) -> None:
    """Set the values in the file atomically, and make it readable by its owner alone.

    Other lines stay as they are. A new file begins as a copy of `example`. Raises `OSError`.
    """
    target = file.resolve()  # a symbolic link must stay one
    source = target if target.exists() else example
    text = source.read_text(encoding="utf-8") if source else ""
    _replace(target, with_values(text, values))


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return the text with each variable set once.

    It replaces the variable's own line or, if there is none, a line where it is commented out.
    """
    left = dict(values)
    parts = []
    for binding in parse_stream(io.StringIO(text)):
        original = binding.original.string
        if binding.key in values and not binding.error:
            # The last of several lines for a variable wins, so all but ours must go.
            blank = original[: len(original) - len(original.lstrip())]
            line = _line(binding.key, left.pop(binding.key)) if binding.key in left else ""
            original = blank + line
        parts.append(original)
    lines = "".join(parts).splitlines(keepends=True)
    for place, line in enumerate(lines):
        if (found := COMMENTED.match(line)) and found[1] in left:
            lines[place] = _line(found[1], left.pop(found[1]))
    whole = "".join(lines)
    if whole and left and not whole.endswith("\n"):
        whole += "\n"
    return whole + "".join(_line(name, value) for name, value in left.items())


def _line(name: str, value: str) -> str:
    if not PLAIN.fullmatch(value):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        value = f"'{escaped}'"
    return f"{name}={value}\n"


def _replace(target: Path, text: str) -> None:
    # mkstemp makes it with mode 0600.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".env-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
