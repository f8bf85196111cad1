"""Forms of the settings pages. A form only reads values; services check and save them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guilds import languages
from guilds.enums import Archive, BelowMinimum, DirectMessages
from guilds.models import MAX_PLAYERS_LIMIT, RULES_LENGTH, Channel, Guild, Role, User
from guilds.settings.fields import ClockField, MinutesField, RemindersField, ZoneField
from guilds.web.converters import BIGINT_MAX


class DefaultsForm(forms.Form):
    """Defaults for new games in a server or channel; empty means "inherit"."""

    max_players = forms.IntegerField(
        label=gettext_lazy("Maximum players"),
        required=False,
        min_value=1,
        max_value=MAX_PLAYERS_LIMIT,
    )
    reminder_minutes = RemindersField(
        label=gettext_lazy("Reminders before the start"),
        help_text=gettext_lazy("Such as “1d, 2h, 15m”, or “off”."),
    )
    duration_minutes = MinutesField(
        label=gettext_lazy("Duration"), help_text=gettext_lazy("Such as “2h 30m”.")
    )
    default_rules = forms.CharField(
        label=gettext_lazy("Rules"),
        required=False,
        max_length=RULES_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ChannelForm(DefaultsForm):
    game_category = forms.CharField(
        label=gettext_lazy("Category of games"), required=False, max_length=50
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("Games may be announced here"), required=False
    )


class RolesField(forms.TypedMultipleChoiceField):
    """Some of the guild's roles, as ids."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        if any(not str(one).isascii() or not str(one).isdecimal() for one in value or ()):
            raise ValidationError(_("That role is not one of this server's."))
        return super().clean(value)


class ServerForm(forms.Form):
    """Settings that a server has and its channels do not."""

    timezone = ZoneField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("For people who chose none of their own."),
    )
    locale = forms.ChoiceField(label=gettext_lazy("Language of announcements"), required=False)
    manager_role_ids = RolesField(label=gettext_lazy("Who manages all games"))
    host_role_ids = RolesField(label=gettext_lazy("Who may announce games"))
    may_post_read_only = forms.BooleanField(
        label=gettext_lazy("Hosts may announce in channels where they cannot write"),
        required=False,
    )
    remind_by_dm = forms.BooleanField(
        label=gettext_lazy("Remind by direct message instead of in the channel"), required=False
    )
    mention_unreachable = forms.BooleanField(
        label=gettext_lazy("Mention people whose direct messages are closed"), required=False
    )
    below_minimum = forms.ChoiceField(
        label=gettext_lazy("If there are too few players and the host does not answer, the game"),
        choices=BelowMinimum.choices,
    )
    decide_minutes = MinutesField(
        label=gettext_lazy("Ask the host this long before the start"), required=True
    )
    archive = forms.ChoiceField(
        label=gettext_lazy("The announcement of a finished game"), choices=Archive.choices
    )
    archive_channel_id = forms.TypedChoiceField(
        label=gettext_lazy("Archive channel"), coerce=int, empty_value=None, required=False
    )
    archive_after_minutes = MinutesField(label=gettext_lazy("Archive after"), required=True)

    def __init__(
        self,
        *args: Any,
        guild: Guild,
        roles: Iterable[Role],
        channels: Iterable[Channel],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = {"": _("English"), **languages.NAMES}
        if guild.locale:
            offered.setdefault(guild.locale, guild.locale)
        fields: dict[str, Any] = self.fields
        for name in ("manager_role_ids", "host_role_ids"):
            chosen = self.initial.get(name) or ()
            fields[name].choices = [
                (role.id, role.label) for role in roles if role.is_offered or role.id in chosen
            ]
        fields["locale"].choices = list(offered.items())
        fields["archive_channel_id"].choices = [
            ("", "—"),
            *((c.id, f"#{c.label}") for c in channels),
        ]


class PersonForm(forms.Form):
    """A person's own settings. `reminders` decides whether `reminder_minutes` is used."""

    INHERIT, OWN, OFF = "inherit", "own", "off"

    timezone = ZoneField(label=gettext_lazy("Time zone"))
    reminders = forms.ChoiceField(
        label=gettext_lazy("When to remind me"),
        widget=forms.RadioSelect,
        choices=[
            (INHERIT, gettext_lazy("Use each game's times")),
            (OWN, gettext_lazy("At my own times")),
            (OFF, gettext_lazy("Never")),
        ],
    )
    reminder_minutes = RemindersField(label=gettext_lazy("Remind me before the start"))
    direct_messages = forms.ChoiceField(
        label=gettext_lazy("How to remind me"),
        choices=DirectMessages.choices,
        widget=forms.RadioSelect,
    )
    quiet_from = ClockField(label=gettext_lazy("From"))
    quiet_until = ClockField(label=gettext_lazy("Until"))

    @classmethod
    def of(cls, user: User) -> "PersonForm":
        minutes = user.reminder_minutes
        wish = cls.INHERIT if minutes is None else cls.OWN if minutes else cls.OFF
        return cls(
            initial={
                "timezone": user.timezone,
                "reminders": wish,
                "reminder_minutes": minutes or None,
                "direct_messages": user.direct_messages,
                "quiet_from": user.quiet_from,
                "quiet_until": user.quiet_until,
            }
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        wish, minutes = cleaned.get("reminders"), cleaned.get("reminder_minutes")
        if wish == self.OWN and not minutes and "reminder_minutes" not in self.errors:
            self.add_error(
                "reminder_minutes",
                _("I do not understand those reminders. Try “1d, 2h, 15m”, or “off”."),
            )
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the values in the form that `guilds.services.person.configure_person` takes."""
        values = dict(self.cleaned_data)
        wish = values.pop("reminders")
        if wish != self.OWN:
            values["reminder_minutes"] = None if wish == self.INHERIT else []
        return values


class CalendarForm(forms.Form):
    """Chooses a calendar's games: the person's own, or those of one server."""

    guild_id = forms.IntegerField(required=False, min_value=1, max_value=BIGINT_MAX)


class RevokeForm(forms.Form):
    feed_id = forms.IntegerField(min_value=1, max_value=BIGINT_MAX)
