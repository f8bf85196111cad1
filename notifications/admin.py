"""Pending and past work, for operators: to look at, and to try or drop a message."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from guilds.errors import Refused
from notifications.models import Announcement, Delivery, Timer
from notifications.services.delivery import drop_delivery, retry_delivery


class ReadOnly:
    """Rows that the services write and nobody edits by hand."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Timer)
class TimerAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["game", "kind", "minutes_before", "due_at", "state", "attempts", "last_error"]
    list_filter = ["state", "kind"]
    list_select_related = ["game"]
    search_fields = ["=game__id"]
    ordering = ["-due_at"]


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = [
        "game",
        "channel_id",
        "posted_revision",
        "wanted_revision",
        "render_at",
        "lost_at",
        "last_error",
    ]
    list_select_related = ["game"]
    search_fields = ["=game__id", "=message_id"]
    ordering = ["-id"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = [
        "dedupe_key",
        "notice",
        "target",
        "state",
        "attempts",
        "due_at",
        "sent_at",
        "last_error",
    ]
    list_filter = ["state", "notice", "target"]
    search_fields = ["dedupe_key", "=game__id", "=target_id"]
    ordering = ["-id"]
    actions = ["retry", "drop"]

    @admin.action(description=_("Try the chosen messages again"), permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, retry_delivery)

    @admin.action(description=_("Drop the chosen messages"), permissions=["operate"])
    def drop(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        self._each(request, queryset, drop_delivery)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_delivery")

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Delivery], service: Callable[..., Any]
    ) -> None:
        for delivery in queryset:
            try:
                service(delivery_id=delivery.id)
            except Refused as refused:
                text = f"{delivery.dedupe_key}: {refused.message}"
                self.message_user(request, text, messages.WARNING)
            else:
                self.message_user(request, delivery.dedupe_key, messages.SUCCESS)
