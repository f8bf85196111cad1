"""What Discord's member objects say of the moment: time-outs and rules not accepted yet."""

from datetime import UTC, datetime
from typing import Any

import pytest

from guilds.models import Member
from guilds.permissions import is_silenced
from guilds.services.member import UserFacts, find_seen, is_seen_again, member_facts, see_member
from tests.factories import make_guild, make_member, make_user, snowflake

USER = UserFacts(discord_id=snowflake(), username="ada")


def payload(**fields: Any) -> dict[str, Any]:
    return {"roles": [], "pending": False, "communication_disabled_until": None, **fields}


def test_a_time_out_is_read_with_its_end() -> None:
    facts = member_facts(payload(communication_disabled_until="2026-12-01T20:00:00+00:00"), USER)

    assert facts.timed_out_until == datetime(2026, 12, 1, 20, tzinfo=UTC)
    assert member_facts({}, USER).timed_out_until is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"pending": True}, {"communication_disabled_until": "2099-01-01T00:00:00Z"}]
)
def test_a_time_out_is_news_that_is_stored_and_so_is_its_end(fields: dict[str, Any]) -> None:
    guild = make_guild()
    user = make_user("ada", discord_id=snowflake())
    make_member(guild, user)
    facts = UserFacts(discord_id=user.discord_id or 0, username="ada")
    known = find_seen(guild.id, user.discord_id or 0)
    assert known is not None

    assert not is_seen_again(known, member_facts(payload(**fields), facts))
    see_member(guild=guild, facts=member_facts(payload(**fields), facts))
    assert is_silenced(Member.objects.get(user=user))
    see_member(guild=guild, facts=member_facts(payload(), facts))
    assert not is_silenced(Member.objects.get(user=user))
