"""Templates are readable, obey the content security policy, and are all in use."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.loader import get_template

from gamesched.local.environment import CHECKOUT
from gamesched.local.sentences import PACKAGES

LONGEST = 140
FOLDER = CHECKOUT / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
PAGES = [*TEMPLATES, CHECKOUT / "sandbox" / "page" / "index.html"]
NAMES = [path.relative_to(FOLDER).as_posix() for path in TEMPLATES]
# Django itself loads these.
OVERRIDES = {
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "500.html",
    "admin/base_site.html",
}
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style\b|\sstyle=|\son[a-z]+=")
LOADED = re.compile(r"\{% (?:extends|include) \"([^\"]+)\"")
NAMED = re.compile(r"[\w/]+\.html")
COMPUTED = re.compile(r"\{% (?:extends|include) (?!\")")


def name_of(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_lines_are_short_enough_to_read(path: Path) -> None:
    lines = enumerate(path.read_text().splitlines(), start=1)

    assert [number for number, line in lines if len(line) > LONGEST] == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_scripts_and_styles_are_files(path: Path) -> None:
    assert INLINE.findall(path.read_text()) == []


@pytest.mark.parametrize("name", NAMES)
def test_templates_are_complete(name: str) -> None:
    """Everything they load exists and compiles. Names are literals, so this test finds them."""
    source = (FOLDER / name).read_text()

    assert COMPUTED.findall(source) == []
    for loaded in [name, *LOADED.findall(source)]:
        get_template(loaded)


def test_no_template_is_dead() -> None:
    loaded = {name for path in TEMPLATES for name in LOADED.findall(path.read_text())}
    rendered = set(named_in_sources())

    assert set(NAMES) - loaded - rendered - OVERRIDES == set()
    assert rendered <= set(NAMES)


def named_in_sources() -> Iterator[str]:
    for package in PACKAGES:
        for path in (CHECKOUT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and NAMED.fullmatch(str(node.value)):
                    yield str(node.value)
