"""Whatever is claimed and answered in whatever order, no channel gets more edits than it takes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from notifications.followers.announcement import pace
from notifications.followers.announcement.claims import Claim
from notifications.followers.announcement.state import claim_for_click, mark_rendered, release
from notifications.models import ChannelPace
from tests.notifications.followers.test_claims import edits, posted

# Time passes by moving everything that was written into the past.
_PASS = """
update notifications_channelpace set
    edits = array(select at - %(by)s::interval from unnest(edits) at),
    old_edits = array(select at - %(by)s::interval from unnest(old_edits) at);
update notifications_announcement set claimed_at = claimed_at - %(by)s::interval,
    lease_until = lease_until - %(by)s::interval, posted_at = posted_at - %(by)s::interval,
    render_at = statement_timestamp() - random() * interval '1 s',
    next_edit_at = statement_timestamp()"""
STEPS = 100


@dataclass
class Sent:
    """An edit on its way, in seconds until it arrives and until its answer does."""

    claim: Claim
    is_old: bool
    arrives_in: float
    answered_in: float


class Channel:
    """Six old posts and two young ones, in a channel that notes when edits arrive."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        now = timezone.now()
        old = posted(posted_at=now - timedelta(hours=2))
        place = {"channel_id": old.channel_id, "posted_at": old.posted_at}
        olds = [old, *(posted(**place) for _ in range(5))]
        youngs = [posted(**place | {"posted_at": now}) for _ in range(2)]
        self.id = old.channel_id
        self.game_ids = [row.game_id for row in olds + youngs]
        self.old = {row.id for row in olds}
        self.under_way: list[Sent] = []
        self.arrived: list[tuple[float, bool]] = []
        self.now = 0.0

    def step(self) -> None:
        is_rested = self.random.random() < 0.1
        for _ in range(18 if is_rested else 1):
            self._pass(self.random.choice([0.01, 0.1, 0.4, 1.5]))
        claims = edits() if is_rested or self.random.random() < 0.3 else self._click()
        for claim in claims:
            if self.random.random() < 0.1:
                release(claim)
                continue
            answered_in = self.random.choice([0.05, 0.3, 2.0, 4.5])
            arrives_in = answered_in * self.random.choice([0.1, 0.99])
            self.under_way.append(Sent(claim, claim.id in self.old, arrives_in, answered_in))

    def _click(self) -> list[Claim]:
        claim = claim_for_click(self.random.choice(self.game_ids))
        return [claim] if claim else []

    def _pass(self, seconds: float) -> None:
        by = timedelta(seconds=seconds)
        with connection.cursor() as cursor:
            cursor.execute(_PASS, {"by": f"{seconds} s"})
        for sent in self.under_way:
            sent.claim = replace(sent.claim, claimed_at=sent.claim.claimed_at - by)
            if 0 < sent.arrives_in <= seconds:
                self.arrived.append((self.now + sent.arrives_in, sent.is_old))
            sent.arrives_in -= seconds
            sent.answered_in -= seconds
        self.now += seconds
        for sent in [sent for sent in self.under_way if sent.answered_in <= 0]:
            self.under_way.remove(sent)
            mark_rendered(sent.claim, 1)


def narrowest(times: Sequence[float], number: int) -> float:
    """Return the shortest time in which so many and one more arrived."""
    times = sorted(times)
    return min(later - one for one, later in zip(times, times[number:], strict=False))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_no_window_of_a_channel_holds_more_edits_than_discord_takes(seed: int) -> None:
    channel = Channel(seed)
    for _ in range(STEPS):
        channel.step()
        for kept in ChannelPace.objects.filter(channel_id=channel.id):
            assert len(kept.edits) <= pace.EDITS
            assert len(kept.old_edits) <= pace.OLD_EDITS

    assert narrowest([at for at, _old in channel.arrived], 5) >= 5
    assert narrowest([at for at, is_old in channel.arrived if is_old], 3) >= 6
