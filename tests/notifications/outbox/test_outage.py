"""Discord answers nobody for a while: nothing ends by a count, and the way is tried sparingly."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from discord_api.errors import RateLimited
from discord_api.outgoing import SendFailed
from notifications.enums import State
from notifications.models import Delivery
from notifications.outbox.claims import claim_due
from notifications.outbox.outcomes import wait_for
from notifications.outbox.sender import send_due
from notifications.rules import vague_wait
from postgres.clock import database_now
from tests.duration import wait_until
from tests.notifications.outbox.test_sender import SEND, add
from tests.notifications.place import Place

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_count_of_tries_ends_a_message(place: Place) -> None:
    row = add(place.game(), attempts=400)
    place.discord.fault(SEND, status=503, channel_id=place.channel.id)
    send_due()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.PENDING, 401)
    Delivery.objects.update(due_at=timezone.now())
    send_due()
    row.refresh_from_db()
    assert row.state == State.DONE


@pytest.mark.parametrize("kind", ["status", "reset"])
def test_an_outage_is_tried_by_one_at_a_time_and_all_leave_once_it_is_over(
    place: Place, kind: str
) -> None:
    channels = [place.new_channel(f"c{n}") for n in range(20)]
    for number, channel in enumerate(channels):
        add(place.game(channel=channel), f"k{number}")
    place.discord.fault("*", kind, status=503, times=None)
    send_due()

    asked, begun = len(place.discord.requests()), time.monotonic()
    for _ in range(40):
        Delivery.objects.filter(state=State.PENDING).update(due_at=timezone.now())
        send_due()
        time.sleep(0.05)
    tried = len(place.discord.requests()) - asked
    # After half a second, one, two, four, then every five; a look may be begun twice.
    assert tried <= 5 + (time.monotonic() - begun) / 2
    assert Delivery.objects.filter(state=State.PENDING).count() == 20

    place.discord.clear_faults()

    def all_sent() -> bool:
        send_due()
        return not Delivery.objects.exclude(state=State.DONE).exists()

    wait_until(all_sent, 10)
    assert all(len(place.messages(channel)) == 1 for channel in channels)


def test_one_message_that_discord_cannot_digest_holds_nobody_up(place: Place) -> None:
    bad = place.new_channel("bad")
    row = add(place.game(channel=bad), "bad")
    place.discord.fault(SEND, status=500, times=None, channel_id=bad.id)
    for _ in range(6):
        Delivery.objects.update(due_at=timezone.now())
        send_due()
        time.sleep(0.2)
    add(place.game(), "good")

    def is_sent() -> bool:
        send_due()
        return len(place.messages()) == 1

    wait_until(is_sent, 8)
    row.refresh_from_db()
    assert row.state == State.PENDING


def test_a_message_that_a_proxy_never_lets_through_comes_ever_more_rarely(place: Place) -> None:
    """Each such refusal stops everybody for a while."""
    add(place.game())
    Delivery.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    (row,) = claim_due(limit=1)
    refused = SendFailed(RateLimited(1.0, is_vague=True), place.channel.id)

    wait_for(row, refused, database_now())

    row.refresh_from_db()
    assert row.state == State.PENDING
    assert row.due_at - timezone.now() > timedelta(seconds=100)
    assert vague_wait(timedelta(hours=5)) == timedelta(minutes=2)
    assert vague_wait(timedelta(seconds=1)) < timedelta(seconds=1)
