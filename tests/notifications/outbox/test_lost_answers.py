"""Messages whose answer was lost: looked for before anything else is done about them."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from discord_api.outgoing import SEND_SECONDS
from games.enums import Via
from games.models import Game
from games.services.roster.signup import decline_game, join_game
from guilds.errors import Refused
from guilds.models import Guild, Member, User
from notifications.enums import State
from notifications.models import Delivery
from notifications.outbox import claims
from notifications.outbox.report import drop_delivery, retry_delivery
from notifications.outbox.sender import send_due
from notifications.timers import claims as timer_claims
from notifications.timers.claims import Lane
from tests.notifications.outbox.test_sender import SEND, add, start_reminder
from tests.notifications.place import Place


@pytest.fixture
def ada(place: Place) -> Member:
    Guild.objects.update(remind_by_dm=True)
    return place.member("ada")


def remind_directly(place: Place, ada: Member) -> Game:
    game = place.game()
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    game.guild.refresh_from_db()
    start_reminder(game)
    return game


def lose_answers(place: Place, when: str = "after") -> None:
    """Send what is due. It arrives (or not, `when` before), and no answer comes."""
    place.discord.fault(SEND, "reset", when=when, times=None)
    send_due()
    place.discord.clear_faults()


def pass_time(seconds: float = 20) -> None:
    """Make everything due, with its tries so long ago."""
    Delivery.objects.filter(state=State.PENDING).update(due_at=timezone.now())
    ago = timezone.now() - timedelta(seconds=seconds)
    for row in Delivery.objects.filter(first_attempt_at__isnull=False):
        row.first_attempt_at = ago
        if claims.TRIED_AT in row.payload:
            row.payload[claims.TRIED_AT] = ago.timestamp()
        row.save()


def reminder_of(member: Member) -> Delivery:
    return Delivery.objects.get(target_id=member.user.discord_id or 0, notice="reminder")


def test_a_reminder_that_arrived_is_not_booked_as_cancelled(place: Place, ada: Member) -> None:
    game = remind_directly(place, ada)
    lose_answers(place)
    decline_game(game_id=game.id, member=ada, via=Via.BOT)

    Delivery.objects.filter(state=State.PENDING).update(due_at=timezone.now())
    send_due()
    assert reminder_of(ada).state == State.PENDING, "it may be on its way still"

    pass_time()
    send_due()
    row = reminder_of(ada)
    assert (row.state, row.message_id) == (State.DONE, int(place.dms(ada)[0]["id"]))
    with pytest.raises(Refused):
        retry_delivery(delivery_id=row.id)
    assert len(place.dms(ada)) == 1


def test_a_reminder_that_did_not_arrive_is_cancelled_after_a_look(
    place: Place, ada: Member
) -> None:
    game = remind_directly(place, ada)
    lose_answers(place, when="before")
    decline_game(game_id=game.id, member=ada, via=Via.BOT)
    pass_time()
    send_due()
    row = reminder_of(ada)
    assert (row.state, row.last_error) == (State.CANCELLED, "does not play any more")
    assert not place.dms(ada)


def test_the_last_try_counts_and_not_the_first(place: Place, ada: Member) -> None:
    game = remind_directly(place, ada)
    lose_answers(place, when="before")
    pass_time(60)
    lose_answers(place, when="before")
    decline_game(game_id=game.id, member=ada, via=Via.BOT)

    Delivery.objects.filter(state=State.PENDING).update(due_at=timezone.now())
    send_due()

    row = reminder_of(ada)
    assert row.state == State.PENDING, "the second try may be on its way still"
    assert row.due_at > timezone.now() + timedelta(seconds=10)


def test_a_late_message_that_arrived_is_not_booked_as_expired(place: Place) -> None:
    row = add(place.game())
    lose_answers(place)
    Delivery.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    pass_time()
    send_due()
    row.refresh_from_db()
    assert row.state == State.DONE
    assert len(place.messages()) == 1


@pytest.mark.parametrize(("when", "state"), [("after", State.DONE), ("before", State.CANCELLED)])
def test_a_tried_message_is_looked_for_before_it_is_dropped(
    place: Place, when: str, state: State
) -> None:
    row = add(place.game())
    lose_answers(place, when)
    assert drop_delivery(delivery_id=row.id).state == State.PENDING
    pass_time()
    send_due()
    row.refresh_from_db()
    assert row.state == state
    assert len(place.messages()) == (when == "after")


def test_a_tried_message_is_looked_for_before_it_is_tried_by_hand(place: Place) -> None:
    """Whatever its count says, and though Discord has forgotten the nonce."""
    row = add(place.game())
    place.discord.knobs(nonce_window=0.01)
    lose_answers(place)
    pass_time(300)
    Delivery.objects.update(state=State.DEAD)
    time.sleep(0.05)
    retry_delivery(delivery_id=row.id)
    send_due()
    row.refresh_from_db()
    assert row.state == State.DONE
    assert len(place.messages()) == 1


def test_quiet_hours_do_not_make_a_tried_message_new(place: Place, ada: Member) -> None:
    remind_directly(place, ada)
    place.discord.knobs(nonce_window=0.01)
    lose_answers(place)
    now = timezone.now()
    quiet = {"quiet_from": (now - timedelta(hours=1)).time(), "timezone": "UTC"}
    User.objects.filter(id=ada.user_id).update(
        quiet_until=(now + timedelta(hours=1)).time(), **quiet
    )
    pass_time(300)
    send_due()
    assert reminder_of(ada).last_error == "waits for the end of quiet hours"

    User.objects.filter(id=ada.user_id).update(quiet_from=None, quiet_until=None)
    Delivery.objects.filter(state=State.PENDING).update(due_at=timezone.now())
    send_due()
    assert reminder_of(ada).state == State.DONE
    assert len(place.dms(ada)) == 1


def test_what_arrived_before_direct_messages_were_closed_is_booked_as_sent(
    place: Place, ada: Member
) -> None:
    Guild.objects.update(mention_unreachable=True)
    remind_directly(place, ada)
    lose_answers(place)
    User.objects.filter(id=ada.user_id).update(dm_blocked_until=timezone.now() + timedelta(days=1))
    pass_time()
    send_due()
    send_due()
    assert reminder_of(ada).state == State.DONE
    assert not [m for m in place.messages() if m["mentions"]]


def test_what_cannot_be_looked_for_says_so(place: Place) -> None:
    row = add(place.game())
    lose_answers(place)
    Delivery.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    pass_time()
    place.close_channel()
    send_due()
    row.refresh_from_db()
    assert row.state == State.EXPIRED
    assert "an earlier try cannot be looked for" in row.last_error


def test_a_dead_worker_s_work_is_taken_over_soon_and_never_while_a_living_one_may_send(
    place: Place,
) -> None:
    """A reminder passes two leases at most: its timer's and its delivery's."""
    game = place.game(reminder_minutes=(60,))
    add(game)
    now = timezone.now()
    game.timers.filter(kind="remind").update(due_at=now)
    (timer,) = timer_claims.claim(Lane.REMINDERS, 10)
    (delivery,) = claims.claim_due()
    in_hand, timer_in_hand = [
        (row.lease_until - now).total_seconds()
        for row in (delivery, game.timers.get(id=timer.id))
        if row.lease_until is not None
    ]
    assert in_hand > SEND_SECONDS + 2
    assert in_hand + timer_in_hand < 20
