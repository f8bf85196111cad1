"""Times with several meanings: each reading as a button, and the reason why there are others."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from notifications.messages.custom_ids import CustomId
from notifications.messages.limits import BUTTON_LABEL, fit
from notifications.messages.wording import PRIMARY, SECONDARY, Message, button
from when import Note, Reading

type MakeId = Callable[[int], CustomId]
MOST_READINGS = 3


def reading_buttons(
    moments: Sequence[datetime], zone: str, make_id: MakeId, *, style: int = PRIMARY
) -> list[Message]:
    """A button for each reading; `make_id` takes seconds since 1970."""
    seconds = {int(moment.timestamp()): moment for moment in moments[:MOST_READINGS]}
    return [
        button(fit(_short(moment, zone), BUTTON_LABEL), make_id(second).custom_id, style)
        for second, moment in seconds.items()
    ]


def other_reading(reading: Reading, make_id: MakeId) -> list[Message]:
    """A button for the other meaning of an accepted phrase."""
    if reading.note is None or not reading.alternatives:
        return []
    other = reading.alternatives[0]
    label = _("Other reading: %(when)s") % {"when": _short(other, reading.zone)}
    return [button(fit(label, BUTTON_LABEL), make_id(int(other.timestamp())).custom_id, SECONDARY)]


def why_another(reading: Reading) -> str:
    """The reason why the phrase has another reading, or nothing."""
    if reading.note is None or not reading.alternatives:
        return ""
    return {
        Note.NEARER_DAY: _("I picked the later day. For the nearer one, press the button below."),
        Note.LATER_DAY: _("I picked the nearer day. For the later one, press the button below."),
        Note.AFTER_MIDNIGHT: _(
            "It is past midnight, so “tomorrow” could mean today. I picked tomorrow; for today, "
            "press the button below."
        ),
        Note.ZONE_LETTERS: _(
            "I used that region's local time. For exactly the zone you typed, press the button "
            "below."
        ),
        Note.ZONE_DAY: _(
            "I used the day in that time zone. For the day where you are, press the button below."
        ),
    }[reading.note]


def _short(moment: datetime, zone: str) -> str:
    """The time with its offset, since at a clock change one time may occur twice."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{format_date(local, pgettext('date format', 'D j M Y, H:i'))} (UTC{local:%:z})"
