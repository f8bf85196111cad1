import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.enums import Via
from games.services.game_edit import edit_game
from games.text import clean_line, clean_text
from guilds.errors import Refused
from guilds.models import Member
from guilds.services.member import MemberFacts, UserFacts, see_member
from guilds.text import is_visible
from tests.factories import make_game, snowflake


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  two   words ", "two words"),
        ("a\nb\r\nc", "a b c"),
        ("abc\u202edef\u200b", "abcdef"),
        ("nul\x00l", "null"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("z\u0301\u0302\u0303\u0304\u0305", "z\u0301\u0302".replace("z\u0301", "\u017a")),
        ("👩\u200d👧 family", "👩\u200d👧 family"),
        ("", ""),
    ],
)
def test_clean_line(typed: str, stored: str) -> None:
    cleaned = clean_line(typed)
    if "\u0305" in typed:
        assert len(cleaned) <= 3
    else:
        assert cleaned == stored


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_cleaned_like_any_other(text: str) -> None:
    """Most names take a shorter way, which must not lead elsewhere."""
    assert clean_text(f"{text} é") == f"{clean_text(f'{text} x')[:-1]}é"


BLANKS = (
    *("\u3164", "\u2800", "\u115f", "\u1160", "\u00ad", "\ufe0f", "\u034f", "\uffa0", "\u180e"),
    *("\u17b4", "\u200d", "\U000e0100", "\U0001d173", "\u0301", "\u20dd", "\u3000", "\ue000"),
)


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_a_text_of_which_nothing_can_be_seen_is_empty(blank: str) -> None:
    for text in (blank, blank * 5, f" {blank} \u2800{blank}"):
        assert clean_line(text) == ""
        assert clean_text(text) == ""
        assert not is_visible(text)
    assert is_visible(f"{blank}a")


@pytest.mark.parametrize("text", ["❤️", "1️⃣", "🏴\u200d☠️", "🇩🇪", "한글", "क़", "…", "?"])
def test_signs_of_all_kinds_can_be_seen(text: str) -> None:
    assert is_visible(text)
    assert clean_line(text)


@pytest.mark.django_db
@pytest.mark.parametrize("blank", ["\u3164", "\u2800 \u2800", "\u00ad", "\ufe0f"])
def test_no_game_template_category_or_person_has_a_name_that_cannot_be_seen(blank: str) -> None:
    game = make_game(category=blank, location=blank)
    assert (game.category, game.location) == ("", "")
    host = Member.objects.select_related("user", "guild").get(guild=game.guild, user=game.host)
    with pytest.raises(Refused):
        make_game(host, title=blank)
    with pytest.raises(Refused):
        edit_game(game_id=game.id, member=host, values={"title": blank}, via=Via.WEB)
    user = UserFacts(snowflake(), "lena", global_name=blank)
    member = see_member(guild=game.guild, facts=MemberFacts(user, nick=blank))
    assert member.name == "lena"


def test_clean_text_keeps_lines_but_not_empty_pages() -> None:
    assert clean_text("one\r\n\n\n\n\ntwo\n") == "one\n\ntwo"
