"""Nothing in the header overlaps on a phone, in any language, with a wide or a narrow font."""

import itertools
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, Page

from gamesched.languages import TRANSLATED
from gamesched.local.environment import CHECKOUT
from guilds.models import Guild, User
from tests.browser import browser_or_skip

pytestmark = pytest.mark.e2e
WIDTHS = (320, 340, 360, 375, 400)
FONTS = {"wide": "Verdana, 'DejaVu Sans', sans-serif", "narrow": "'Liberation Sans Narrow', Arial"}
CSS = (CHECKOUT / "static/css/gamesched.css").read_text()
# What is seen and pressed in the bar, not what lies within a closed menu.
PARTS = (
    ".top-in > .brand, .nav > a, .nav > .menu > summary, .top-in > .menu > summary, .icon-button"
)
BOXES = f"""() => [...document.querySelectorAll({PARTS!r})].map((part) => {{
  const range = document.createRange();
  range.selectNodeContents(part);
  const own = part.getBoundingClientRect(), text = range.getBoundingClientRect();
  return {{ left: Math.min(own.left, text.left), right: Math.max(own.right, text.right),
    top: own.top, bottom: own.bottom, name: part.textContent.trim() }};
}})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browser_or_skip() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def header(language: str, *, is_in: bool) -> str:
    request = RequestFactory().get("/")
    request.resolver_match = SimpleNamespace(url_name="my-games")  # type: ignore[assignment]
    user = User(username="jonas", display_name="Jonas", discord_id=None)
    context = {"user": user if is_in else None, "nav_guilds": [Guild(id=1, name="Tavern")]}
    with translation.override(language):
        return render_to_string("_top.html", {"request": request, **context})


def show(page: Page, language: str, font: str, width: int, *, is_in: bool = True) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.set_content(
        f"<style>{CSS} :root {{ --font: {FONTS[font]} }}</style>{header(language, is_in=is_in)}"
    )


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("language", ["en", *(one.code for one in TRANSLATED)])
def test_no_two_parts_of_the_header_overlap_on_a_phone(
    page: Page, language: str, font: str
) -> None:
    for width, is_in in itertools.product(WIDTHS, (True, False)):
        show(page, language, font, width, is_in=is_in)
        boxes = page.evaluate(BOXES)
        assert len(boxes) == (4 if is_in else 2)
        for box in boxes:
            assert box["left"] >= 0 and box["right"] <= width, (width, box)
        for one, other in itertools.pairwise(boxes):
            assert one["right"] <= other["left"] + 0.5, (width, one, other)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_focused_or_linked_lies_below_the_header(page: Page, width: int) -> None:
    show(page, "de", "wide", width)
    page.evaluate(
        """() => { const main = document.createElement("main");
        main.innerHTML = '<p style="height:3000px"></p>'
          + '<p><input id="wrong"></p><p style="height:3000px"></p><input id="end">';
        document.body.append(main); }"""
    )
    for reach in ("location.hash = '#wrong'", "document.getElementById('wrong').focus()"):
        page.evaluate("document.activeElement.blur(); window.scrollTo(0, 9000)")
        page.evaluate(reach)
        top = page.evaluate("document.getElementById('wrong').getBoundingClientRect().top")
        assert top >= page.evaluate("document.querySelector('.top').offsetHeight"), reach


@pytest.mark.parametrize("language", [one.code for one in TRANSLATED])
def test_the_words_of_an_answer_stay_on_one_line(page: Page, language: str) -> None:
    with translation.override(language):
        words = [translation.gettext(word) for word in ("Join waitlist", "Maybe", "Can't go")]
    buttons = "".join(f'<button class="button">{word}</button>' for word in words)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        page.set_content(f'<style>{CSS}</style><main><div class="answers">{buttons}</div></main>')
        heights = page.eval_on_selector_all(
            ".answers .button",
            "all => all.map((one) => { const r = document.createRange();"
            " r.selectNodeContents(one); return r.getClientRects().length; })",
        )
        assert heights == [1, 1, 1], width
