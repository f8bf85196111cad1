"""Typed values, valid and invalid, and the resulting `.env`."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from dotenv import dotenv_values

from gamesched.setup.envfile import with_values, write_env_file
from gamesched.setup.values import (
    Unusable,
    clean_client_id,
    clean_owner_ids,
    clean_site_url,
    clean_token,
    hosts_of,
    redirect_url,
)


def test_the_redirect_to_paste_is_the_one_that_logins_use() -> None:
    expected = f"{settings.SITE_URL}{reverse('discord_callback')}"
    assert redirect_url(settings.SITE_URL) == expected


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" https://games.example.org/ ", "https://games.example.org"),
        ("games.example.org", "https://games.example.org"),
        ("localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000//", "http://127.0.0.1:8000"),
    ],
)
def test_addresses_are_taken_as_people_write_them(typed: str, meant: str) -> None:
    assert clean_site_url(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "ftp://x.org", "https://", "https://x.org/games", "https://u:p@x.org", "https://x.org?a=1",
     "https://x.org#a", "https://a b.org", "https://x.org:99999", "https://x.org:a", "https://[",
     "https://x.org\nDEBUG=1", "https://x.org\nDEBUG"],
)  # fmt: skip
def test_other_addresses_are_refused(typed: str) -> None:
    with pytest.raises(Unusable):
        clean_site_url(typed)


def test_hosts_are_those_of_the_address() -> None:
    assert hosts_of("https://games.example.org") == ["games.example.org"]
    assert hosts_of("http://localhost:8000") == ["127.0.0.1", "localhost"]


def test_tokens_ids_and_owners() -> None:
    assert clean_token(" Bot a.b.c ") == "a.b.c"
    assert clean_client_id("100000000000000001") == "100000000000000001"
    owners = "100000000000000001, 100000000000000002"
    assert clean_owner_ids(owners) == "100000000000000001,100000000000000002"
    assert clean_owner_ids("-") == ""
    for clean, typed in [(clean_token, ""), (clean_token, "a b"), (clean_token, "a\nB=1"),
                         (clean_client_id, "١٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠"), (clean_client_id, "mira"),
                         (clean_owner_ids, "mira")]:  # fmt: skip
        with pytest.raises(Unusable):
            clean(typed)


def test_other_lines_stay_where_they_are() -> None:
    before = (
        '# mine\nexport PORT=9000\n\nSITE_URL="http://old"\nNOTE="two\nlines"\nSITE_URL=older\n'
        "#SECRET_KEY=\nbroken line\nLAST=1"
    )
    after = with_values(before, {"SITE_URL": "http://new", "SECRET_KEY": "s", "NEW": "it's #1"})
    assert after == (
        '# mine\nexport PORT=9000\n\nSITE_URL=http://new\nNOTE="two\nlines"\n'
        "SECRET_KEY=s\nbroken line\nLAST=1\nNEW='it\\'s #1'\n"
    )


@pytest.mark.parametrize(
    "value", ["plain", "with space", "it's", 'a"b', "a#b", "a\\b", "$HOME", ""]
)
def test_what_is_written_is_read_back(tmp_path: Path, value: str) -> None:
    file = tmp_path / ".env"
    write_env_file(file, {"A": value, "B": "b"})
    assert dotenv_values(file, interpolate=False) == {"A": value, "B": "b"}


def test_the_file_is_the_owners_alone_and_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / ".env"
    real.write_text("A=1\n")
    real.chmod(0o644)
    link.symlink_to(real)
    write_env_file(link, {"B": "2"})
    assert link.is_symlink() and real.read_text() == "A=1\nB=2\n"
    assert real.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"real", ".env"}


def test_nothing_is_left_where_writing_fails(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_env_file(tmp_path / ".env", {"A": "\udc80"})
    assert list(tmp_path.iterdir()) == []
