"""Form fields for games and templates."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.fields import Field, Kind
from games.models import MAX_SLOTS, SLOT_NAME_LENGTH
from games.typed.values import read_number
from guilds.errors import Refused
from guilds.web.converters import BIGINT_MAX

PHRASE_LENGTH = 200
ROLE_KINDS = frozenset({Kind.ROLES, Kind.RANKED_ROLES})
Data = QueryDict | MultiValueDict[str, str] | Mapping[str, Any]


class LinesField(forms.CharField):
    """Several lines. Browsers send CRLF, texts are stored with LF."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return str(text).replace("\r\n", "\n").replace("\r", "\n")


class IdListWidget(forms.SelectMultiple):
    """Return ids as texts, in the order chosen. The field checks that they are ids."""

    def value_from_datadict(self, data: Data, files: Any, name: str) -> list[str]:
        values = _all_of(data, name)
        return list(dict.fromkeys(value for value in values if value))


class IdsField(forms.MultipleChoiceField):
    """Ids from those offered, each once, in the order given."""

    widget = IdListWidget
    default_error_messages = {
        "invalid_choice": gettext_lazy("That role is not one of this server's."),
    }

    def clean(self, value: Any) -> tuple[int, ...]:
        return tuple(int(text) for text in super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [str(i) for i in initial or ()] != [str(i) for i in data or ()]


class RolesField(IdsField):
    """A set of roles, whose order does not matter."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return {str(i) for i in initial or ()} != {str(i) for i in data or ()}


class SlotsWidget(forms.Widget):
    """Rows of `<name>_name`, `<name>_emoji`, `<name>_capacity` and `<name>_id`."""

    def value_from_datadict(self, data: Data, files: Any, name: str) -> list[dict[str, str]]:
        columns = {
            part: _all_of(data, f"{name}_{part}") for part in ("id", "name", "emoji", "capacity")
        }
        count = min(len(columns["name"]), MAX_SLOTS + 1)
        return [
            {part: texts[row] if row < len(texts) else "" for part, texts in columns.items()}
            for row in range(count)
        ]

    def value_omitted_from_data(self, data: Data, files: Any, name: str) -> bool:
        return f"{name}_name" not in data


class SlotsField(forms.Field):
    """The slots that were filled in. Rows with neither name nor number are ignored."""

    widget = SlotsWidget

    def clean(self, value: Any) -> tuple[dict[str, Any], ...]:
        rows = [row for row in text_rows(value or ()) if row["name"] or row["capacity"]]
        try:
            slots = tuple(_slot(row) for row in rows)
        except Refused as refused:
            raise ValidationError(refused.message) from refused
        if len(slots) > MAX_SLOTS:
            raise ValidationError(_("A game has at most %(most)d slots.") % {"most": MAX_SLOTS})
        return slots

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _filled(initial or ()) != _filled(data or ())


def _slot(row: Mapping[str, str]) -> dict[str, Any]:
    if any("\0" in text for text in row.values()):
        raise Refused(_("Null characters are not allowed."))
    if not row["name"]:
        raise Refused(_("Each slot needs a name of its own."))
    if len(row["name"]) > SLOT_NAME_LENGTH:
        raise Refused(
            _("A slot's name has at most %(most)d characters.") % {"most": SLOT_NAME_LENGTH}
        )
    capacity = read_number(row["capacity"], "slots")
    if capacity is None or not 1 <= capacity <= 100:
        raise Refused(_("A slot has 1 to 100 seats."))
    slot: dict[str, Any] = {"name": row["name"], "emoji": row["emoji"], "capacity": capacity}
    text = row["id"]
    if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= BIGINT_MAX:
        slot["id"] = int(text)
    return slot


def text_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the slots as texts, as the form shows them."""
    parts = ("id", "name", "emoji", "capacity")
    return [{part: str(row.get(part) or "").strip() for part in parts} for row in rows]


def _filled(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [row for row in text_rows(rows) if row["name"] or row["capacity"]]


def form_field(field: Field) -> forms.Field:
    """Return the form field for a game's field that its row in `games.fields` fully describes."""
    match field.kind:
        case Kind.LINE:
            return forms.CharField(label=field.label, max_length=field.longest, required=False)
        case Kind.TEXT:
            rows = 5 if field.longest > 1000 else 3
            widget = forms.Textarea(attrs={"rows": rows})
            return LinesField(
                label=field.label, max_length=field.longest, required=False, widget=widget
            )
        case Kind.SLOTS:
            return SlotsField(label=field.label, required=False)
        case Kind.ROLES:
            return RolesField(label=field.label, required=False)
        case Kind.RANKED_ROLES:
            return IdsField(label=field.label, required=False)
        case _:
            return forms.CharField(label=field.label, max_length=PHRASE_LENGTH, required=False)


def with_fields[F: forms.Form](fields: Iterable[Field]) -> Callable[[type[F]], type[F]]:
    """Decorate a form class: add the fields it does not declare itself, made from their rows."""

    def add(form_class: type[F]) -> type[F]:
        for field in fields:
            form_class.declared_fields.setdefault(field.name, form_field(field))
        return form_class

    return add


def _all_of(data: Data, name: str) -> Sequence[str]:
    if isinstance(data, MultiValueDict):
        return data.getlist(name)
    value = data.get(name) or ()
    return [value] if isinstance(value, str) else value
