"""Typed values from what browsers send."""

from uuid import UUID, uuid5

from django import forms

from guilds.converters import BIGINT_MAX


class AnswerForm(forms.Form):
    """An answer to a game: join (with a slot where the game has some), maybe, can't go."""

    form_id = forms.UUIDField()
    slot = forms.IntegerField(required=False, min_value=1, max_value=BIGINT_MAX)

    def request_key(self, *about: object) -> str:
        """Names this very submission: the same form sent twice for the same thing is one."""
        form_id: UUID = self.cleaned_data["form_id"]
        return f"f:{uuid5(form_id, ':'.join(map(str, about)))}"
