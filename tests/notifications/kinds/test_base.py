"""An incomplete notice is refused when it is registered, that is when a process starts."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from games.enums import Status
from notifications.kinds import KINDS, ChangeNotice, Context, Notice, label_of
from notifications.kinds.base.notice import register
from tests.notifications.messages.test_messages import snapshot


class Whole(Notice):
    name = "whole"
    label = KINDS["reminder"].label

    def text(self, context: Context) -> str:
        return "All is said."


class Silent(ChangeNotice):
    name = "silent"
    label = KINDS["reminder"].label

    def text(self, context: Context) -> str:
        return ""


class Nameless(Notice):
    label = KINDS["reminder"].label

    def text(self, context: Context) -> str:
        return ""


class LongNamed(Whole):
    name = "longer_than_the_column"


class Twin(Whole):
    name = "reminder"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Silent, "Silent lacks recipients"),
        (Nameless, "Nameless lacks name"),
        (LongNamed, "has no room"),
        (Twin, "two notices"),
    ],
)
def test_what_lacks_something_is_no_notice(kind: type[Notice], said: str) -> None:
    known = dict(KINDS)
    with pytest.raises(ImproperlyConfigured, match=said):
        register(kind)
    assert known == KINDS


def test_names_are_those_in_databases_before() -> None:
    """This version sends rows that earlier versions wrote."""
    assert set(KINDS) >= {
        "reminder", "promoted", "demoted", "removed", "added", "rescheduled", "moved",
        "cancelled", "too_few", "goes_ahead", "unreachable", "post_lost", "channel_trouble",
        "series_next", "series_trouble",
    }  # fmt: skip


def test_label_of_a_notice_this_version_does_not_know_is_its_name() -> None:
    assert label_of("promoted") == "Moved up from the waitlist"
    assert label_of("from_tomorrow") == "from_tomorrow"


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.ARCHIVED])
def test_a_notice_is_outdated_when_the_game_is_over_or_no_longer_the_person_s(status: str) -> None:
    host = Context(snapshot(), target_id=10**18)
    assert Whole().outdated(host) == ""
    assert Whole().outdated(Context(snapshot(), target_id=5))
    assert Whole().outdated(Context(snapshot(status=status), target_id=10**18))
