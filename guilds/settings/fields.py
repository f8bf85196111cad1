"""Form fields for typed values, which read and show them in the same notation as commands."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guilds.errors import Refused
from guilds.typed_values import read_clock, read_length, read_reminders, read_zone
from when import write_length, write_reminders

LONGEST_TEXT = 200
# Wider than any setting allows; the services check each setting's own limits.
_LONGEST_LENGTH = timedelta(days=366)


class TypedField(forms.CharField):
    """A text that `read` turns into a value. An optional field left empty becomes `empty`."""

    empty: Any = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": LONGEST_TEXT} | kwargs)

    def read(self, text: str) -> Any:
        """Return the value of the text. Raises `Refused`."""
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").strip()
        if not text and not self.required:
            return self.empty
        try:
            return self.read(text)
        except Refused as refused:
            raise ValidationError(refused.message) from refused

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


class MinutesField(TypedField):
    """A length such as `2h 30m`, in minutes; None if empty."""

    def read(self, text: str) -> int:
        return read_length(
            text,
            field="",
            out_of_range=_("Enter between 1 minute and 7 days."),
            shortest=timedelta(0),
            longest=_LONGEST_LENGTH,
        )

    def prepare_value(self, value: Any) -> Any:
        return write_length(value) if isinstance(value, int) else value


class RemindersField(TypedField):
    """Lengths such as `1d, 2h, 15m`, in minutes; no reminders for `off`; None if empty."""

    def read(self, text: str) -> list[int]:
        return list(read_reminders(text))

    def prepare_value(self, value: Any) -> Any:
        return write_reminders(value) if isinstance(value, list) else value


class ZoneField(TypedField):
    """A time zone, typed as an IANA name or by a usual name; an empty text if empty."""

    empty = ""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "zones", "spellcheck": "false"})
        super().__init__(**{"max_length": 64, "widget": widget} | kwargs)

    def read(self, text: str) -> str:
        return read_zone(text)


class ClockField(TypedField):
    """A time of day such as `22:00` or `10pm`. Browsers with a time picker send the former."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.TimeInput(attrs={"type": "time"})} | kwargs)

    def read(self, text: str) -> Any:
        return read_clock(text, field="")

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else f"{value:%H:%M}"
