"""Admin pages of people and places. Fields that mirror Discord are read-only."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guilds.admin.base import ModelForm, ReadOnlyAdmin, SettingsAdmin, operator_in, scope_of
from guilds.enums import BanKind
from guilds.errors import Refused
from guilds.models import POSTABLE, Channel, Guild, Member, Role, User
from guilds.selectors import list_roles
from guilds.services.ban import ban
from guilds.services.login import set_staff
from guilds.services.person import ACCOUNT, configure_account, delete_person
from guilds.services.sessions import end_sessions
from guilds.services.settings import (
    CHANNEL_SETTINGS,
    GUILD_SETTINGS,
    configure_channel,
    configure_guild,
)
from guilds.settings.fields import MinutesField, RemindersField, TypedField, ZoneField

admin.site.site_header = gettext_lazy("Gamesched for operators")
admin.site.site_title = "Gamesched"
admin.site.index_title = gettext_lazy("Everything stored")
# Log-in is by Discord alone, configured in settings, so these tables stay empty.
for unused in (EmailAddress, SocialAccount, SocialApp, SocialToken, Group):
    if admin.site.is_registered(unused):
        admin.site.unregister(unused)


# Fields that take people's own notation, as on the settings pages.
TYPED_FIELDS: dict[str, type[TypedField]] = {
    "archive_after_minutes": MinutesField,
    "decide_minutes": MinutesField,
    "duration_minutes": MinutesField,
    "reminder_minutes": RemindersField,
    "timezone": ZoneField,
}


class SettingsForm(ModelForm):
    """Runs the service in `clean` and rolls it back, so that a refusal appears beside its field."""

    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TYPED_FIELDS.keys() & self.fields.keys():
            plain = self.fields[name]
            self.fields[name] = TYPED_FIELDS[name](
                label=plain.label, help_text=plain.help_text, required=plain.required
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                with transaction.atomic():
                    self.apply({name: cleaned[name] for name in self.changed_data})
                    transaction.set_rollback(True)
            except Refused as refused:
                known = refused.field if refused.field in self.fields else None
                self.add_error(known, refused.message)
        return cleaned

    def apply(self, values: dict[str, Any]) -> None:
        raise NotImplementedError


class ServiceAdmin(SettingsAdmin):
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def save_model(self, _request: HttpRequest, _obj: Any, form: Any, _change: bool) -> None:
        """Pass only changed fields to the service, lest the form undo news from Discord."""
        form.apply({name: form.cleaned_data[name] for name in form.changed_data})


class GuildForm(SettingsForm):
    class Meta:
        model = Guild
        fields = sorted(GUILD_SETTINGS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.instance.host_role_ids
        roles = [(role.id, role.label) for role in list_roles(self.instance, chosen=chosen)]
        for name in ("manager_role_ids", "host_role_ids"):
            self.fields[name] = forms.TypedMultipleChoiceField(
                label=self.fields[name].label,
                choices=roles,
                coerce=int,
                required=False,
                initial=getattr(self.instance, name),
                help_text=_("Several with Ctrl or Cmd."),
            )
        kept = Q(deleted_at__isnull=True) | Q(id=self.instance.archive_channel_id or 0)
        channels = self.instance.channels.filter(kept, kind__in=POSTABLE)
        self.fields["archive_channel_id"] = forms.TypedChoiceField(
            label=self.fields["archive_channel_id"].label,
            choices=[("", "—"), *((channel.id, f"#{channel.label}") for channel in channels)],
            coerce=int,
            empty_value=None,
            required=False,
        )

    def apply(self, values: dict[str, Any]) -> None:
        guild = Guild.objects.get(pk=self.instance.pk)
        configure_guild(member=operator_in(guild, self.request), values=values)


@admin.register(Guild)
class GuildAdmin(ServiceAdmin):
    guild_path = "id"
    form = GuildForm
    editable = GUILD_SETTINGS
    list_display = ["name", "id", "timezone", "locale", "left_at"]
    list_filter = [("left_at", admin.EmptyFieldListFilter), "remind_by_dm"]
    search_fields = ["name", "id"]
    ordering = ["name", "id"]
    actions = ["ban"]

    def has_ban_permission(self, request: HttpRequest) -> bool:
        return scope_of(request).is_everything

    @admin.action(
        description=gettext_lazy("Ban these servers: the bot leaves them"), permissions=["ban"]
    )
    def ban(self, request: HttpRequest, guilds: QuerySet[Guild]) -> None:
        by = request.user
        assert isinstance(by, User)
        self.run_each(
            request, guilds, lambda row: ban(kind=BanKind.SERVER, discord_id=row.id, by=by)
        )


class ChannelForm(SettingsForm):
    class Meta:
        model = Channel
        fields = sorted(CHANNEL_SETTINGS)

    def apply(self, values: dict[str, Any]) -> None:
        channel = Channel.objects.select_related("guild").get(pk=self.instance.pk)
        member = operator_in(channel.guild, self.request)
        configure_channel(member=member, channel_id=channel.id, values=values)


@admin.register(Channel)
class ChannelAdmin(ServiceAdmin):
    guild_path = "guild_id"
    form = ChannelForm
    editable = CHANNEL_SETTINGS
    list_display = ["name", "id", "guild", "kind", "is_active", "deleted_at"]
    list_filter = ["kind", "is_active", ("deleted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["guild"]
    search_fields = ["name", "id", "guild__name"]


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin):
    guild_path = "guild_id"
    list_display = ["name", "id", "guild", "position"]
    list_select_related = ["guild"]
    search_fields = ["name", "id", "guild__name"]


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    guild_path = "guild_id"
    list_display = ["name", "guild", "refreshed_at", "left_at"]
    list_filter = [("left_at", admin.EmptyFieldListFilter)]
    list_select_related = ["guild", "user"]
    search_fields = ["nick", "user__display_name", "user__discord_id", "guild__name"]

    @admin.display(description=gettext_lazy("name"))
    def name(self, member: Member) -> str:
        return member.name


class UserForm(SettingsForm):
    class Meta:
        model = User
        fields = sorted(ACCOUNT)

    def apply(self, values: dict[str, Any]) -> None:
        configure_account(user=self.instance, values=values)


@admin.register(User)
class UserAdmin(ServiceAdmin):
    """People belong to no guild, so only superusers see this page.

    DISCORD_OWNER_IDS decides at log-in who is superuser; `changepassword` sets passwords.
    """

    form = UserForm
    editable = ACCOUNT
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
    actions = ["let_in", "shut_out", "log_out", "ban", "forget"]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return scope_of(request).is_everything

    @admin.display(description=gettext_lazy("name"), ordering="display_name")
    def name(self, user: User) -> str:
        return user.name

    @admin.action(
        description=gettext_lazy("Give admin access, for the servers they administer"),
        permissions=["operate"],
    )
    def let_in(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self.run_each(request, users, lambda user: set_staff(user=user, is_staff=True))

    @admin.action(description=gettext_lazy("Remove admin access"), permissions=["operate"])
    def shut_out(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self.run_each(request, users, lambda user: set_staff(user=user, is_staff=False))

    @admin.action(description=gettext_lazy("Log out everywhere"), permissions=["operate"])
    def log_out(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self.run_each(request, users, end_sessions)

    @admin.action(
        description=gettext_lazy("Ban: out of the bot, the pages and the calendars"),
        permissions=["operate"],
    )
    def ban(self, request: HttpRequest, users: QuerySet[User]) -> None:
        by = request.user
        assert isinstance(by, User)
        self.run_each(
            request,
            users,
            lambda row: ban(kind=BanKind.PERSON, discord_id=row.discord_id or 0, by=by),
        )

    @admin.action(
        description=gettext_lazy("Delete for good, as if they had asked"), permissions=["operate"]
    )
    def forget(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self.run_each(request, users, lambda user: delete_person(user=user))
