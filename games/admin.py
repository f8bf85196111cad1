"""The operators' view of games. Services own every row: use the dashboard or Discord to change."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from games.models import Change, Game, Participant, Slot, Template
from guilds.admin import ReadOnlyAdmin

if TYPE_CHECKING:  # Django's own classes take no type arguments when they run
    TabularInline = admin.TabularInline[Any, Any]
else:
    TabularInline = admin.TabularInline


class _ReadOnlyInline(TabularInline):
    extra = 0
    can_delete = False
    show_change_link = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if self.fields else ()

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class SlotInline(_ReadOnlyInline):
    model = Slot


class ParticipantInline(_ReadOnlyInline):
    model = Participant
    fields = ("user", "name", "answer", "origin", "slot", "position", "joined_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "slot")


class ChangeInline(_ReadOnlyInline):
    model = Change
    fields = ("at", "actor", "action", "subject", "via", "before", "after", "revision")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("actor", "subject")


@admin.register(Game)
class GameAdmin(ReadOnlyAdmin):
    list_display = ["title", "id", "guild", "channel", "host", "starts_at", "status", "revision"]
    list_filter = ["status", "signup_method", "starts_at"]
    list_select_related = ["guild", "channel", "host"]
    search_fields = ["title", "id", "guild__name", "host__display_name"]
    ordering = ["-starts_at", "-id"]
    inlines = [SlotInline, ParticipantInline, ChangeInline]


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    list_display = ["who", "game", "answer", "origin", "joined_at"]
    list_filter = ["answer", "origin"]
    list_select_related = ["user", "game"]
    search_fields = ["name", "user__display_name", "user__discord_id", "game__title"]
    ordering = ["-joined_at", "-id"]

    @admin.display(description=gettext_lazy("name"))
    def who(self, participant: Participant) -> str:
        return str(participant)


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ["at", "game", "actor", "action", "subject", "via", "revision"]
    list_filter = ["action", "via", "at"]
    list_select_related = ["game", "actor", "subject"]
    search_fields = ["game__title", "actor__display_name", "subject__display_name"]


@admin.register(Template)
class TemplateAdmin(ReadOnlyAdmin):
    list_display = ["name", "guild", "title", "is_default", "position"]
    list_select_related = ["guild"]
    search_fields = ["name", "guild__name"]
