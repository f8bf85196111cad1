"""`bench.measures.reminders` as figures: how late reminders are, alone and many at once."""

from bench.database import VAR, set_up_django
from bench.measures import reminders
from bench.table import Figure
from tests.e2e.stack import running_stack

IDLE, OVER_SECONDS = 300, 60
MANY = reminders.MANY + reminders.OTHERS


def measure() -> list[Figure]:
    with running_stack(VAR / "lateness") as stack:
        set_up_django(stack.environment)
        places = reminders.make_places(stack)
        bare = reminders.bare_request(stack)
        late = reminders.measure_idle(stack, places, IDLE, OVER_SECONDS, bare)
        allowed = MANY / reminders.PER_SECOND
        last = allowed * reminders.measure_burst(stack, places, "one worker")
        return [
            Figure(
                f"{IDLE} reminders, 99th percentile late",
                late,
                "ms",
                bare,
                "a bare request",
                most=reminders.LATE_MS,
            ),
            Figure(
                f"{MANY} at once, last one after",
                last,
                "s",
                allowed,
                "Discord's 50 a second",
                most=allowed * reminders.LONGER,
            ),
        ]
