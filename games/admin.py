"""Admin pages for operators and guild admins: read-only, with actions that call services."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from games.enums import Via
from games.models import Change, Game, Participant, Slot, Template
from games.services.cancellation import cancel_game
from games.services.roster.host import remove_player
from games.services.template import delete_template
from guilds.admin.base import ReadOnlyAdmin, ReadOnlyInline, operator_in


class SlotInline(ReadOnlyInline):
    model = Slot


class ParticipantInline(ReadOnlyInline):
    model = Participant
    fields = ("user", "name", "answer", "origin", "slot", "position", "joined_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "slot")


class ChangeInline(ReadOnlyInline):
    model = Change
    fields = ("at", "actor", "action", "subject", "via", "before", "after", "revision")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("actor", "subject")


@admin.register(Game)
class GameAdmin(ReadOnlyAdmin):
    guild_path = "guild_id"
    list_display = ["title", "id", "guild", "channel", "host", "starts_at", "status", "revision"]
    list_filter = ["status", "signup_method", "starts_at"]
    list_select_related = ["guild", "channel", "host"]
    search_fields = ["title", "id", "guild__name", "host__display_name"]
    ordering = ["-starts_at", "-id"]
    inlines = [SlotInline, ParticipantInline, ChangeInline]
    actions = ["cancel"]

    @admin.action(
        description=gettext_lazy("Cancel, and tell everyone who signed up"), permissions=["operate"]
    )
    def cancel(self, request: HttpRequest, games: QuerySet[Game]) -> None:
        self.run_each(
            request,
            games.select_related("guild"),
            lambda game: cancel_game(
                game_id=game.id, member=operator_in(game.guild, request), via=Via.ADMIN
            ),
        )


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin):
    guild_path = "game__guild_id"
    list_display = ["who", "game", "answer", "origin", "joined_at"]
    list_filter = ["answer", "origin"]
    list_select_related = ["user", "game"]
    search_fields = ["name", "user__display_name", "user__discord_id", "game__title"]
    ordering = ["-joined_at", "-id"]
    actions = ["remove"]

    @admin.display(description=gettext_lazy("name"))
    def who(self, participant: Participant) -> str:
        return str(participant)

    @admin.action(description=gettext_lazy("Remove from the game"), permissions=["operate"])
    def remove(self, request: HttpRequest, participants: QuerySet[Participant]) -> None:
        self.run_each(
            request,
            participants.select_related("user", "game__guild"),
            lambda participant: remove_player(
                game_id=participant.game_id,
                member=operator_in(participant.game.guild, request),
                participant_id=participant.id,
                via=Via.ADMIN,
            ),
        )


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    guild_path = "game__guild_id"
    list_display = ["at", "game", "actor", "action", "subject", "via", "revision"]
    list_filter = ["action", "via", "at"]
    list_select_related = ["game", "actor", "subject"]
    search_fields = ["game__title", "actor__display_name", "subject__display_name"]


@admin.register(Template)
class TemplateAdmin(ReadOnlyAdmin):
    guild_path = "guild_id"
    list_display = ["name", "guild", "title", "is_default", "position"]
    list_filter = ["is_default"]
    list_select_related = ["guild"]
    search_fields = ["name", "guild__name"]
    actions = ["remove"]

    @admin.action(description=gettext_lazy("Delete the chosen templates"), permissions=["operate"])
    def remove(self, request: HttpRequest, templates: QuerySet[Template]) -> None:
        self.run_each(
            request,
            templates.select_related("guild"),
            lambda template: delete_template(
                member=operator_in(template.guild, request), template_id=template.id
            ),
        )
