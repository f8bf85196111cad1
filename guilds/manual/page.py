"""Renders a page of the manual from Markdown, with links and pictures within the site."""

import itertools
import posixpath
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from guilds.manual.contents import PAGES

FOLDER = settings.BASE_DIR / "docs"


@dataclass(frozen=True)
class Page:
    """A rendered page. `parts` holds anchor and text of each second-level heading."""

    title: str
    html: SafeString
    parts: tuple[tuple[str, str], ...]


@cache
def page(name: str) -> Page:
    """Return one of `PAGES`, rendered once per process."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    tokens = markdown.parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    headings = _name_headings(tokens)
    for token in tokens:
        for child in token.children or ():
            _point_within_site(child)
        if token.children:
            token.children = _with_names_for_dead_links(token.children)
        if token.type in {"fence", "code_block"}:
            token.attrSet("tabindex", "0")  # so that it can be scrolled by keyboard
    html = markdown.renderer.render(tokens, markdown.options, {})
    return Page(
        title=headings[0][2],
        html=mark_safe(html),  # noqa: S308 - from our own files, rendered without raw HTML
        parts=tuple((anchor, text) for level, anchor, text in headings if level == "h2"),
    )


def anchor_of(heading: str) -> str:
    """Return the anchor GitHub gives a heading: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _name_headings(tokens: Sequence[Token]) -> list[tuple[str, str, str]]:
    """Give each heading its anchor, and return level, anchor and text of each."""
    found, taken = [], Counter[str]()
    for token, inline in itertools.pairwise(tokens):
        if token.type == "heading_open":
            text = "".join(part.content for part in inline.children or ())
            anchor = anchor_of(text)
            taken[anchor] += 1
            if taken[anchor] > 1:
                anchor = f"{anchor}-{taken[anchor] - 1}"
            token.attrSet("id", anchor)
            found.append((token.tag, anchor, text))
    return found


def _point_within_site(token: Token) -> None:
    """Point links between documents to the pages, and pictures to the static files."""
    if token.type == "image":
        _point_to_static(token, str(token.attrs["src"]))
    elif token.type == "link_open":
        token.meta["file"] = _in_repository(str(token.attrs["href"]))
        token.attrSet("href", address_of(str(token.attrs["href"])))


def _point_to_static(token: Token, file: str) -> None:
    """Point a picture to the static files, with its size, lest the text move as it loads."""
    if not (FOLDER / file).is_file():
        return  # not there: the browser shows its description instead
    with Image.open(FOLDER / file) as picture:
        token.attrSet("width", str(picture.width))
        token.attrSet("height", str(picture.height))
    token.attrSet("src", static(f"manual/{file.removeprefix('images/')}"))
    token.attrSet("loading", "lazy")


def address_of(link: str) -> str:
    """Return a link's address on the site; empty for a file that is not shown there."""
    parts = urlsplit(link)
    if parts.scheme or not parts.path:
        return link
    name = parts.path.removesuffix(".md")
    if name not in PAGES:
        return ""
    return reverse(f"help-{name}") + (f"#{parts.fragment}" if parts.fragment else "")


def _with_names_for_dead_links(tokens: Sequence[Token]) -> list[Token]:
    """Say after a link to a file that the site does not show where it is in the repository."""
    kept: list[Token] = []
    dead = ""
    for token in tokens:
        if token.type == "link_open":
            dead = "" if token.attrs["href"] else str(token.meta["file"])
        if not (dead and token.type in {"link_open", "link_close"}):
            kept.append(token)
        elif token.type == "link_close":
            kept += [_text(" ("), Token("code_inline", "code", 0, content=dead), _text(")")]
        if token.type == "link_close":
            dead = ""
    return kept


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _in_repository(link: str) -> str:
    """Return a link's path in the repository: "docs/decisions/0009-one-budget-for-all.md"."""
    path = posixpath.normpath(posixpath.join(FOLDER.name, urlsplit(link).path))
    return f"{path}/" if link.endswith("/") else path


def _table_open(*_args: Any) -> str:
    return '<div class="table" tabindex="0"><table>\n'


def _table_close(*_args: Any) -> str:
    return "</table></div>\n"
