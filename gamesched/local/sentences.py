"""Finds every translatable sentence of the sources, without gettext's programs."""

import ast
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from django.utils.translation.template import templatize

PACKAGES = ("discordbot", "games", "gamesched", "guilds", "notifications", "when")
TEMPLATES = "templates"
COMMANDS = "discordbot/features"
FUNCTIONS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Calls that make a command or an option, and the gettext context of its name.
NAMED = {
    "Command": "command name",
    "text": "option name",
    "completed": "option name",
    "choice": "option name",
    "whole": "option name",
    "boolean": "option name",
    "channel": "option name",
}


@dataclass(frozen=True)
class Sentence:
    """A translatable sentence. `id` is a pair of singular and plural if it counts something."""

    id: str | tuple[str, str]
    context: str | None
    path: str
    comments: tuple[str, ...] = ()


def find_sentences(checkout: Path) -> Iterator[Sentence]:
    """Yield all sentences in the order of file names, repeated ones each time."""
    for package in PACKAGES:
        for path in sorted((checkout / package).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            name = path.relative_to(checkout).as_posix()
            yield from _in_python(source, name)
            if name.startswith(COMMANDS):
                yield from _command_names(source, name)
    for path in sorted((checkout / TEMPLATES).rglob("*.html")):
        name = path.relative_to(checkout).as_posix()
        calls = templatize(path.read_text(encoding="utf-8"), origin=name)
        # The template's indentation is not valid in Python.
        yield from _in_python("\n".join(line.strip() for line in calls.splitlines()), name)


def _in_python(source: str, path: str) -> Iterator[Sentence]:
    found = extract(
        "python", io.BytesIO(source.encode()), keywords=FUNCTIONS, comment_tags=("Translators:",)
    )
    for _line, message, comments, context in found:
        words = message if isinstance(message, str) else (message[0], message[1])
        yield Sentence(words, context, path, tuple(comments))


def _command_names(source: str, path: str) -> Iterator[Sentence]:
    """Yield names of commands and options: the first argument, or the keyword `name`."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "name")]
        for value in given:
            if node.func.id in NAMED and isinstance(value, ast.Constant):
                yield Sentence(str(value.value), NAMED[node.func.id], path)
