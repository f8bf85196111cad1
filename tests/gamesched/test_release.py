"""The version is defined in one place, and the changelog describes each release."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

import gamesched
from gamesched.local.environment import CHECKOUT

CHANGELOG = (CHECKOUT / "CHANGELOG.md").read_text()
PART = re.compile(r"^## (.+)$", re.MULTILINE)


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert gamesched.__version__ == project["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", gamesched.__version__)


def test_changes_to_come_stand_above_those_of_releases() -> None:
    first, *releases = PART.findall(CHANGELOG)
    assert first == "Unreleased"
    dates = [date.fromisoformat(title.partition(" (")[2].rstrip(")")) for title in releases]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.release
def test_the_newest_part_is_of_the_version_and_nothing_is_left_unreleased() -> None:
    _before, _first, unreleased, newest, told, *_older = PART.split(CHANGELOG)
    assert newest.partition(" (")[0] == gamesched.__version__
    assert unreleased.strip() == ""
    assert len(told.split()) > 5


@pytest.mark.parametrize(
    "path", sorted((CHECKOUT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem
)
def test_decisions_have_a_number_a_date_and_a_status(path: Path) -> None:
    title, _, dated, *_text = path.read_text().split("\n")
    assert re.match(r"# \d+\. ", title)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d · (accepted|superseded by \[.+\]\(.+\)|withdrawn)", dated)


def test_public_hosting_runs_the_same_check_as_everybody() -> None:
    workflow = (CHECKOUT / ".github" / "workflows" / "check.yml").read_text()
    assert re.findall(r"run: (.+)", workflow) == ["make check"]
    assert all(re.fullmatch(r"\S+@v\d+", uses) for uses in re.findall(r"uses: (.+)", workflow))
