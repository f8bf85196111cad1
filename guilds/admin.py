"""The operators' view of people and places. What Discord owns is read-only here."""

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guilds.models import Channel, Guild, Member, Role, User
from guilds.rules import is_zone, zone_names
from guilds.selectors import POSTABLE, list_roles
from guilds.services.settings import CHANNEL_SETTINGS, GUILD_SETTINGS

LONGEST_REMINDER_MINUTES = 30 * 24 * 60

if TYPE_CHECKING:  # Django's own classes take no type arguments when they run
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:
    ModelAdmin, ModelForm = admin.ModelAdmin, forms.ModelForm

admin.site.site_header = gettext_lazy("Gamesched for operators")
admin.site.site_title = "Gamesched"
admin.site.index_title = gettext_lazy("Everything stored")
# People come in by Discord alone, through settings; these tables stay empty.
for unused in (EmailAddress, SocialAccount, SocialApp, SocialToken, Group):
    if admin.site.is_registered(unused):
        admin.site.unregister(unused)


class ReadOnlyAdmin(ModelAdmin):
    """Rows that services or Discord own: looked at, not touched."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class SettingsAdmin(ReadOnlyAdmin):
    """Rows of which an operator may change `editable`, and nothing else."""

    editable: frozenset[str] = frozenset()

    def has_change_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return (
            request.user.is_active
            and request.user.is_staff
            and request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")
        )

    def get_readonly_fields(self, _request: HttpRequest, _obj: Any = None) -> list[str]:
        return [f.name for f in self.opts.fields if f.name not in self.editable]

    def save_model(self, _request: HttpRequest, obj: Any, form: Any, _change: bool) -> None:
        """Write what was changed, so that what Discord told meanwhile stays."""
        obj.save(update_fields=[name for name in form.changed_data if name in self.editable])


def _clean_minutes(minutes: list[int] | None) -> list[int] | None:
    if minutes and any(not 1 <= m <= LONGEST_REMINDER_MINUTES for m in minutes):
        raise ValidationError(_("Each reminder is 1 minute to 30 days before."))
    return sorted(set(minutes), reverse=True) if minutes else minutes


class GuildForm(ModelForm):
    class Meta:
        model = Guild
        fields = sorted(GUILD_SETTINGS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role.id, role.name) for role in list_roles(self.instance)]
        for name in ("manager_role_ids", "host_role_ids"):
            self.fields[name] = forms.TypedMultipleChoiceField(
                label=self.fields[name].label,
                choices=roles,
                coerce=int,
                required=False,
                initial=getattr(self.instance, name),
                help_text=_("Several with Ctrl or Cmd."),
            )
        channels = self.instance.channels.filter(kind__in=POSTABLE, deleted_at__isnull=True)
        self.fields["archive_channel_id"] = forms.TypedChoiceField(
            label=self.fields["archive_channel_id"].label,
            choices=[("", "—"), *((channel.id, str(channel)) for channel in channels)],
            coerce=int,
            empty_value=None,
            required=False,
        )

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"]
        if name and not is_zone(name):
            raise ValidationError(_("I do not know that time zone. Try Europe/Berlin."))
        return name

    def clean_reminder_minutes(self) -> list[int] | None:
        return _clean_minutes(self.cleaned_data["reminder_minutes"])


@admin.register(Guild)
class GuildAdmin(SettingsAdmin):
    form = GuildForm
    editable = GUILD_SETTINGS
    list_display = ["name", "id", "timezone", "locale", "left_at"]
    list_filter = [("left_at", admin.EmptyFieldListFilter), "remind_by_dm"]
    search_fields = ["name", "id"]
    ordering = ["name", "id"]


class ChannelForm(ModelForm):
    class Meta:
        model = Channel
        fields = sorted(CHANNEL_SETTINGS)

    def clean_reminder_minutes(self) -> list[int] | None:
        return _clean_minutes(self.cleaned_data["reminder_minutes"])


@admin.register(Channel)
class ChannelAdmin(SettingsAdmin):
    form = ChannelForm
    editable = CHANNEL_SETTINGS
    list_display = ["name", "id", "guild", "kind", "is_active", "deleted_at"]
    list_filter = ["kind", "is_active", ("deleted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["guild"]
    search_fields = ["name", "id", "guild__name"]


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin):
    list_display = ["name", "id", "guild", "position"]
    list_select_related = ["guild"]
    search_fields = ["name", "id", "guild__name"]


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    list_display = ["name", "guild", "refreshed_at", "left_at"]
    list_filter = [("left_at", admin.EmptyFieldListFilter)]
    list_select_related = ["guild", "user"]
    search_fields = ["nick", "user__display_name", "user__discord_id", "guild__name"]

    @admin.display(description=gettext_lazy("name"))
    def name(self, member: Member) -> str:
        return member.name


class UserForm(ModelForm):
    class Meta:
        model = User
        fields = ("timezone", "locale", "is_active")

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"]
        if name and name not in zone_names():
            raise ValidationError(_("I do not know that time zone. Try Europe/Berlin."))
        return name


@admin.register(User)
class UserAdmin(SettingsAdmin):
    """Who is staff is said by DISCORD_OWNER_IDS, at log-in; passwords by `changepassword`."""

    form = UserForm
    editable = frozenset({"timezone", "locale", "is_active"})
    fields = (
        ("display_name", "username", "discord_id"),
        ("timezone", "locale"),
        ("is_active", "is_staff", "is_superuser"),
        ("direct_messages", "reminder_minutes"),
        ("dm_blocked_until", "last_login", "date_joined"),
    )
    list_display = ["name", "discord_id", "timezone", "is_active", "is_staff", "last_login"]
    list_filter = ["is_staff", "is_active", "direct_messages"]
    search_fields = ["display_name", "username", "discord_id"]
    ordering = ["-last_login", "id"]

    @admin.display(description=gettext_lazy("name"), ordering="display_name")
    def name(self, user: User) -> str:
        return user.name
