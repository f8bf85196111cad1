"""Templates and sources contain no visible sentence outside the catalogue."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gamesched.local.environment import CHECKOUT
from gamesched.local.sentences import FUNCTIONS, PACKAGES

# Names and notations that are the same in every language.
UNIVERSAL = re.compile(r"Gamesched|Discord|Mira|Jonas K|Okabe|Ada L|/create-game|UTC|APP")
LETTERS = re.compile(r"[^\W\d_]{2,}")
VISIBLE_ATTRIBUTES = {"alt", "aria-label", "aria-description", "placeholder", "title"}
UNSEEN = {"script", "style", "svg"}
TRANSLATED = re.compile(
    r"\{%\s*block width\s*%\}\w+|\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}",
    re.DOTALL,
)
TEMPLATES = sorted((CHECKOUT / "templates").rglob("*.html"))
# Calls whose text people read, with its position; and keywords of any call.
SPOKEN_CALLS = {
    "Refused": 0, "NotFound": 0, "NotAllowed": 0, "SeveralReadings": 0, "WouldDemote": 0,
    "ValidationError": 0, "line": 0, "closing": 0, "button": 0, "link": 0, "_field": 0,
    "success": 1, "error": 1, "warning": 1, "info": 1, "text_input": 1,
}  # fmt: skip
LOGGERS = {"log", "logger", "self"}
SPOKEN_KEYWORDS = {
    "label", "help_text", "verbose_name", "verbose_name_plural", "empty_label", "description",
}  # fmt: skip
SPOKEN_KEYS = {"content", "title", "label", "placeholder", "description", "footer"}
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (CHECKOUT / package).rglob("*.py")
    if not {"migrations", "local", "commands", "when"} & set(path.parts)
)


class Visible(HTMLParser):
    """Collects the text of a template that people see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        self.texts += [value or "" for name, value in attrs if name in VISIBLE_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.texts.append(data)


def is_sentence(text: str) -> bool:
    return bool(LETTERS.search(UNIVERSAL.sub("", text)))


def name_of(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_say_nothing_untranslated(path: Path) -> None:
    page = Visible()
    page.feed(TRANSLATED.sub("", path.read_text()))

    assert [text.strip() for text in page.texts if is_sentence(text)] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_sources_say_nothing_untranslated(path: Path) -> None:
    spoken = [
        f"line {text.lineno}: {ast.unparse(text)}"
        for node in ast.walk(ast.parse(path.read_text()))
        for text in spoken_in(node)
        if not is_name(text) and any(is_sentence(part) for part in literals(text))
    ]
    assert spoken == []


def spoken_in(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions whose text people read."""
    if isinstance(node, ast.Call) and called(node) not in FUNCTIONS:
        place = SPOKEN_CALLS.get(called(node))
        if place is not None and len(node.args) > place and not is_logged(node):
            yield node.args[place]
        for keyword in node.keywords:
            if keyword.arg in SPOKEN_KEYWORDS:
                yield keyword.value
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in SPOKEN_KEYWORDS:
        yield node.value
    if isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(b) for b in node.bases):
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Tuple):
                yield line.value.elts[-1]
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in SPOKEN_KEYS:
                yield value


def is_name(value: ast.expr) -> bool:
    """Return whether it is the name of a field, column or model, which nobody reads."""
    text = value.value if isinstance(value, ast.Constant) else ""
    return isinstance(text, str) and text.isidentifier() and text.islower()


def is_logged(call: ast.Call) -> bool:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in LOGGERS


def called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def literals(node: ast.expr) -> Iterator[str]:
    """Yield literal texts, except translated ones, values for translations, and keys."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            for part in parts:
                yield from literals(part)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from literals(left)
            yield from literals(right)
        case ast.BinOp(left=left, op=ast.Mod()):
            yield from literals(left)
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(body)
            yield from literals(orelse)
        case ast.BoolOp(values=values):
            for value in values:
                yield from literals(value)
