"""Pending and past work, to look at; a message is tried again or dropped, a lost post is posted
anew."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from games.enums import Via
from guilds.admin.base import ReadOnlyAdmin, operator_in
from notifications.followers.announcement.repost import repost_announcement
from notifications.kinds import KINDS, label_of
from notifications.models import Announcement, Delivery, Timer
from notifications.outbox.report import drop_delivery, retry_delivery

# `notifications.beat` keeps beat's tasks in step: there is nothing to set.
admin.site.unregister(
    [ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule]
)


@admin.register(PeriodicTask)
class BeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "task", "interval", "enabled", "last_run_at", "total_run_count"]
    list_select_related = ["interval"]
    ordering = ["name"]


@admin.register(Timer)
class TimerAdmin(ReadOnlyAdmin):
    guild_path = "guild_id"
    list_display = ["game", "kind", "minutes_before", "due_at", "state", "attempts", "last_error"]
    list_filter = ["state", "kind"]
    list_select_related = ["game"]
    search_fields = ["=game__id"]
    ordering = ["-due_at"]


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnlyAdmin):
    guild_path = "game__guild_id"
    list_display = [
        "game",
        "channel_id",
        "posted_revision",
        "wanted_revision",
        "render_at",
        "lost_at",
        "last_error",
    ]
    list_filter = [("lost_at", admin.EmptyFieldListFilter)]
    list_select_related = ["game"]
    search_fields = ["=game__id", "=message_id"]
    ordering = ["-id"]
    actions = ["repost"]

    @admin.action(description=_("Post lost announcements again"), permissions=["operate"])
    def repost(self, request: HttpRequest, announcements: QuerySet[Announcement]) -> None:
        self.run_each(
            request,
            announcements.select_related("game__guild"),
            lambda announcement: repost_announcement(
                game_id=announcement.game_id,
                member=operator_in(announcement.game.guild, request),
                request_key=None,
                via=Via.ADMIN,
            ),
        )


class NoticeFilter(admin.SimpleListFilter):
    """Filters by the kinds there are, which the column itself does not list."""

    title = "notice"
    parameter_name = "notice"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, str]]:
        return [(name, str(kind.label)) for name, kind in KINDS.items()]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return rows.filter(notice=self.value()) if self.value() else rows


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    guild_path = "guild_id"
    list_display = [
        "dedupe_key",
        "notice_label",
        "target",
        "state",
        "attempts",
        "due_at",
        "sent_at",
        "last_error",
    ]
    list_filter = ["state", NoticeFilter, "target"]
    search_fields = ["dedupe_key", "=game__id", "=target_id"]
    ordering = ["-id"]
    actions = ["retry", "drop"]

    @admin.display(description="notice", ordering="notice")
    def notice_label(self, delivery: Delivery) -> str:
        return label_of(delivery.notice)

    @admin.action(description=_("Try the chosen messages again"), permissions=["operate"])
    def retry(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        self.run_each(request, deliveries, lambda one: retry_delivery(delivery_id=one.id))

    @admin.action(description=_("Drop the chosen messages"), permissions=["operate"])
    def drop(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        self.run_each(request, deliveries, lambda one: drop_delivery(delivery_id=one.id))
