"""The admin's page of bans, and the record of what operators do."""

from typing import Any

import structlog
from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from guilds.admin.base import ModelForm, ReadOnlyAdmin, scope_of
from guilds.enums import BanKind
from guilds.errors import Refused
from guilds.models import Ban, User
from guilds.services.ban import ban, lift, refuse_operators

log = structlog.get_logger(__name__)


@receiver(post_save, sender=LogEntry, dispatch_uid="guilds.log_admin")
def log_admin(*, instance: LogEntry, **_kwargs: Any) -> None:
    """Write each entry of the admin's history into the log, which no operator can change."""
    log.warning(
        "admin",
        user_id=instance.user_id,
        model=str(instance.content_type),
        row=instance.object_id,
        action=instance.get_action_flag_display(),
        change=instance.get_change_message(),
    )


class BanForm(ModelForm):
    class Meta:
        model = Ban
        fields = ("kind", "discord_id", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and cleaned["kind"] == BanKind.PERSON:
            try:
                refuse_operators(cleaned["discord_id"])
            except Refused as refused:
                self.add_error(refused.field, refused.message)
        return cleaned


@admin.register(Ban)
class BanAdmin(ReadOnlyAdmin):
    """People and servers that may not use the site. Only superusers see this page."""

    form = BanForm
    list_display = ["__str__", "reason", "made_by", "made_at"]
    list_filter = ["kind"]
    search_fields = ["discord_id", "reason"]
    ordering = ["-made_at"]
    actions = ["lift"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return scope_of(request).is_everything

    def save_model(self, request: HttpRequest, obj: Ban, _form: forms.Form, _change: bool) -> None:
        assert isinstance(request.user, User)
        kept = ban(
            kind=BanKind(obj.kind),
            discord_id=obj.discord_id,
            reason=obj.reason,
            by=request.user,
        )
        obj.pk = kept.pk

    @admin.action(description=gettext_lazy("Lift the ban"), permissions=["operate"])
    def lift(self, request: HttpRequest, bans: QuerySet[Ban]) -> None:
        assert isinstance(request.user, User)
        operator = request.user
        self.run_each(request, bans, lambda row: lift(row, by=operator))
