"""Base classes of the admin: they limit rows to the viewer's guilds, and let services write.

Superusers run the site and see everything. Other staff administer guilds of their own, and see
only the rows of these guilds in lists, forms, choices and completions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from guilds.enums import ALL_PERMISSIONS
from guilds.errors import NotFound, Refused
from guilds.models import Guild, Member, User
from guilds.permissions import can_administer, standing_of
from guilds.services.membership import roles_unknown
from guilds.web.access import SessionOver, confirm_member

if TYPE_CHECKING:  # Django's own classes take no type arguments when they run
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
    InlineAdmin = admin.TabularInline[Any, Any]
else:
    ModelAdmin, InlineAdmin = admin.ModelAdmin, admin.TabularInline
    ModelForm = forms.ModelForm


@dataclass(frozen=True)
class Scope:
    """The guilds whose rows the viewer may see, and those whose rows they may change.

    Changes need Discord's recent confirmation of the viewer's rights.
    """

    is_everything: bool = False
    seen: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()

    def may_see(self, guild_id: int | None) -> bool:
        return self.is_everything or guild_id in self.seen

    def may_change(self, guild_id: int | None) -> bool:
        return self.is_everything or guild_id in self.changed


NOTHING = Scope()


def scope_of(request: HttpRequest) -> Scope:
    """Return the viewer's scope, computed once per request."""
    known: Scope | None = getattr(request, "admin_scope", None)
    if known is None:
        known = _scope(request)
        setattr(request, "admin_scope", known)  # noqa: B010  (not one of Django's attributes)
    return known


def _scope(request: HttpRequest) -> Scope:
    user = request.user
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return NOTHING
    if user.is_superuser:
        return Scope(is_everything=True)
    seen, changed = set(), set()
    members = Member.objects.select_related("user", "guild").filter(
        user=user, left_at__isnull=True, guild__left_at__isnull=True
    )
    for member in members:
        if not can_administer(standing_of(member, member.guild)):
            continue
        try:
            fresh, is_stale = confirm_member(request, member)
        except (NotFound, SessionOver):
            continue
        if can_administer(standing_of(fresh, member.guild)):
            seen.add(member.guild_id)
            changed |= set() if is_stale else {member.guild_id}
    return Scope(seen=frozenset(seen), changed=frozenset(changed))


def operator_in(guild: Guild, request: HttpRequest) -> Member:
    """Return an unsaved member with the viewer as the guild's administrator, for services."""
    assert isinstance(request.user, User)
    return Member(guild=guild, user=request.user, permissions=int(ALL_PERMISSIONS))


class ReadOnlyAdmin(ModelAdmin):
    """Rows that services or Discord own, so that the admin only shows them.

    `guild_path` is the lookup from a row to its guild's id. If it is empty, only superusers see the
    rows.
    """

    guild_path = ""
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        scope = scope_of(request)
        if scope.is_everything:
            return rows
        return (
            rows.filter(**{f"{self.guild_path}__in": scope.seen})
            if self.guild_path
            else rows.none()
        )

    def guild_id_of(self, row: Any) -> int | None:
        for name in self.guild_path.split("__"):
            row = getattr(row, name)
        return row if isinstance(row, int) else None

    def has_module_permission(self, request: HttpRequest) -> bool:
        scope = scope_of(request)
        return scope.is_everything or bool(self.guild_path and scope.seen)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or not self.guild_path:
            return self.has_module_permission(request)
        return scope_of(request).may_see(self.guild_id_of(obj))

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Offer the actions; `run_each` checks each row again."""
        return self.has_module_permission(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only rows that the other model's own admin page would list."""
        other = self.admin_site._registry.get(db_field.remote_field.model)
        if other is not None and "queryset" not in kwargs:
            kwargs["queryset"] = other.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def run_each(
        self, request: HttpRequest, rows: Iterable[Any], service: Callable[[Any], Any]
    ) -> None:
        """Call the service for each row and show a message with each result.

        What was done stands in the row's history and in the log, under the action's name.
        """
        action = str(request.POST.get("action", ""))
        for row in list(rows):
            name, row_id = str(row), row.pk
            try:
                if self.guild_path and not scope_of(request).may_change(self.guild_id_of(row)):
                    raise roles_unknown()
                service(row)
            except Refused as refused:
                self.message_user(request, f"{name}: {refused.message}", messages.WARNING)
            else:
                row.pk = row_id  # a deleted row has lost it
                self.log_change(request, row, action)
                self.message_user(request, name, messages.SUCCESS)


class ReadOnlyInline(InlineAdmin):
    """Rows inside another row's page, visible to everyone who may see that row."""

    template = "admin/rows.html"
    extra = 0
    can_delete = False
    show_change_link = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if self.fields else ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        parent = self.admin_site._registry[self.parent_model]
        return parent.has_view_permission(request, obj)

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class SettingsAdmin(ReadOnlyAdmin):
    """Rows whose `editable` fields may be changed."""

    editable: frozenset[str] = frozenset()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        scope = scope_of(request)
        if obj is None or not self.guild_path:
            return scope.is_everything or bool(self.guild_path and scope.changed)
        return scope.may_change(self.guild_id_of(obj))

    def get_readonly_fields(self, _request: HttpRequest, _obj: Any = None) -> list[str]:
        return [f.name for f in self.opts.fields if f.name not in self.editable]
