"""The repetitions offered as choices: phrases for `read_repeat`, and their labels."""

from typing import Any

from django.utils.translation import gettext_lazy

OFFERS: dict[str, Any] = {
    "weekly": gettext_lazy("Every week"),
    "every 2 weeks": gettext_lazy("Every 2 weeks"),
    "monthly on the same weekday": gettext_lazy("Every month on the same weekday"),
    "monthly on the same date": gettext_lazy("Every month on the same date"),
    "monthly on the last day": gettext_lazy("Every month on the last day"),
}
