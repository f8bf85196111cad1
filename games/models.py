"""What is played: sessions, who signed up, and who changed what."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from games.enums import Action, Answer, Decision, Origin, SignupMethod, Status, Via
from guilds.enums import Archive
from guilds.models import MAX_PLAYERS_LIMIT, MAX_REMINDERS, RULES_LENGTH, Channel, Guild

TITLE_LENGTH = 100
DESCRIPTION_LENGTH = 2000
LOCATION_LENGTH = 200
CATEGORY_LENGTH = 50
PLACEHOLDER_LENGTH = 80
MAX_PRIORITY_ROLES = 8
MAX_SLOTS = 20
SLOT_NAME_LENGTH = 40
RULE_LENGTH = 120


class Image(models.Model):
    """A picture of a game or template, made anew from what was uploaded, and served by us."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="+")
    content_type = models.CharField(max_length=20)
    data = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)


class GameFields(models.Model):
    """What a template presets and a game has."""

    description = models.TextField(_("description"), max_length=DESCRIPTION_LENGTH, blank=True)
    location = models.CharField(_("location"), max_length=LOCATION_LENGTH, blank=True)
    rules = models.TextField(_("rules"), max_length=RULES_LENGTH, blank=True)
    category = models.CharField(_("category"), max_length=CATEGORY_LENGTH, blank=True)
    color = models.PositiveIntegerField(
        _("colour"), null=True, blank=True, validators=[MaxValueValidator(0xFFFFFF)]
    )
    image = models.ForeignKey(
        Image, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    min_players = models.PositiveSmallIntegerField(_("fewest players"), null=True, blank=True)
    player_role_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    priority_role_ids = ArrayField(
        models.BigIntegerField(), size=MAX_PRIORITY_ROLES, default=list, blank=True
    )
    notify_role_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    archive_channel_id = models.BigIntegerField(_("archive channel"), null=True, blank=True)

    class Meta:
        abstract = True


class Template(GameFields):
    """A named preset of a guild. Null and empty mean "as the channel or server has it".

    `locked_fields` may not be changed by the host; `slots` is a list of
    `{"name", "emoji", "capacity"}`.
    """

    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(_("name"), max_length=50)
    position = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(_("chosen when no other is"), default=False)
    channel = models.ForeignKey(
        Channel, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    title = models.CharField(_("title"), max_length=TITLE_LENGTH, blank=True)
    duration_minutes = models.PositiveIntegerField(_("duration in minutes"), null=True, blank=True)
    max_players = models.PositiveSmallIntegerField(
        _("most players"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_PLAYERS_LIMIT)],
    )
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(), size=MAX_REMINDERS, null=True, blank=True
    )
    signup_method = models.CharField(max_length=24, choices=SignupMethod.choices, blank=True)
    signup_closes_minutes = models.PositiveIntegerField(
        _("sign-up closes, minutes before"), null=True, blank=True
    )
    host_role_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    archive = models.CharField(
        _("finished games"), max_length=8, choices=Archive.choices, blank=True
    )
    archive_after_minutes = models.PositiveIntegerField(
        _("archive after, in minutes"), null=True, blank=True
    )
    slots = models.JSONField(default=list, blank=True)
    locked_fields = ArrayField(models.CharField(max_length=32), default=list, blank=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["guild", "name"], name="one_template_per_name"),
            models.UniqueConstraint(
                fields=["guild"], condition=Q(is_default=True), name="one_default_template"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """Sessions that repeat: `rule` (an RRULE, see `games.recurrence`) counted from `first_date`,
    at `start_time` on the clocks of `timezone`.

    `values` is what the next session gets, as `games.services.series` writes it; changing one
    session does not change it.
    """

    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="series")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="series"
    )
    rule = models.CharField(_("repeats"), max_length=RULE_LENGTH)
    first_date = models.DateField()
    start_time = models.TimeField()
    timezone = models.CharField(_("time zone"), max_length=64)
    values = models.JSONField(default=dict)
    carry_over = models.BooleanField(
        _("players stay signed up for the next session"), default=False
    )
    ask_host = models.BooleanField(
        _("announce a session only when the host confirms"), default=False
    )
    skipped_dates = ArrayField(models.DateField(), default=list, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(
        max_length=300, blank=True, help_text=_("Why the next session could not be made.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return str(self.values.get("title", ""))


class Game(GameFields):
    """One session.

    `revision` rises with every change (announcements and pages follow it);
    `schedule_version` rises when the times change, which makes older timers inert.
    """

    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="games")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="games")
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hosted_games"
    )
    template = models.ForeignKey(
        Template, on_delete=models.SET_NULL, null=True, blank=True, related_name="games"
    )
    series = models.ForeignKey(
        Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="games"
    )
    series_date = models.DateField(
        null=True, blank=True, help_text=_("Its date in the series, whenever it is played.")
    )
    awaits_host = models.BooleanField(
        default=False, help_text=_("Announced only when the host confirms it.")
    )
    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    starts_at = models.DateTimeField(_("starts"))
    timezone = models.CharField(_("time zone"), max_length=64)
    duration_minutes = models.PositiveIntegerField(_("duration in minutes"))
    max_players = models.PositiveSmallIntegerField(
        _("most players"),
        validators=[MinValueValidator(1), MaxValueValidator(MAX_PLAYERS_LIMIT)],
    )
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(), size=MAX_REMINDERS, default=list, blank=True
    )
    signup_method = models.CharField(
        max_length=24, choices=SignupMethod.choices, default=SignupMethod.SELF
    )
    signup_closes_at = models.DateTimeField(_("sign-up closes"), null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SCHEDULED)
    post_at = models.DateTimeField(_("announced at"), null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(
        max_length=8, choices=Decision.choices, blank=True, default=Decision.NONE
    )
    archive = models.CharField(max_length=8, choices=Archive.choices, default=Archive.KEEP)
    archive_after_minutes = models.PositiveIntegerField(default=24 * 60)
    revision = models.PositiveIntegerField(default=1, editable=False)
    schedule_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="game_min_players_not_above_max",
                condition=Q(min_players__isnull=True) | Q(min_players__lte=F("max_players")),
            ),
            models.CheckConstraint(
                name="game_max_players_in_range",
                condition=Q(max_players__gte=1, max_players__lte=MAX_PLAYERS_LIMIT),
            ),
            models.UniqueConstraint(
                fields=["series", "series_date"], name="one_game_per_series_and_date"
            ),
            models.CheckConstraint(name="game_has_duration", condition=Q(duration_minutes__gte=1)),
        ]
        indexes = [
            models.Index(fields=["guild", "starts_at", "id"], name="game_by_guild_and_start"),
            models.Index(
                fields=["guild", "starts_at", "id"],
                name="game_upcoming_by_guild",
                condition=Q(status__in=["scheduled", "in_progress"]),
            ),
            models.Index(
                fields=["channel", "starts_at", "id"],
                name="game_upcoming_by_channel",
                condition=Q(status__in=["scheduled", "in_progress"]),
            ),
            models.Index(fields=["host", "starts_at"], name="game_by_host"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    def is_draft(self, now: datetime) -> bool:
        """Not announced yet, and its managers' alone."""
        return self.post_at is not None and self.post_at > now

    @property
    def is_upcoming(self) -> bool:
        return self.status in {Status.SCHEDULED, Status.IN_PROGRESS}


class Slot(models.Model):
    """A named kind of seat (Tank ×2). A game without slots has `max_players` equal seats."""

    game = models.ForeignKey(Game, on_delete=models.CASCADE, related_name="slots")
    name = models.CharField(max_length=SLOT_NAME_LENGTH)
    emoji = models.CharField(max_length=64, blank=True)
    capacity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["game", "name"], name="one_slot_per_game_and_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Participant(models.Model):
    """A user, or a name that stands for somebody without Discord, and what they answered.

    Whether they play or wait is never stored: `games.rules.seat` derives it.
    """

    game = models.ForeignKey(Game, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="participations",
    )
    name = models.CharField(_("placeholder"), max_length=PLACEHOLDER_LENGTH, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.GOING)
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.SELF)
    priority = models.PositiveSmallIntegerField(
        default=0, help_text=_("Place of the matched role; 0 is first.")
    )
    position = models.IntegerField(
        null=True, blank=True, help_text=_("Where the host moved them; lower is earlier.")
    )
    slot = models.ForeignKey(
        Slot, on_delete=models.SET_NULL, null=True, blank=True, related_name="participants"
    )
    joined_at = models.DateTimeField()
    attended = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="participant_is_user_or_name",
                condition=Q(user__isnull=False, name="") | (Q(user__isnull=True) & ~Q(name="")),
            ),
            models.UniqueConstraint(fields=["game", "user"], name="one_participant_per_user"),
        ]
        indexes = [models.Index(fields=["user", "answer"], name="participant_by_user")]

    def __str__(self) -> str:
        return self.name or str(self.user)


class Change(models.Model):
    """Who did what to a game, and when: the audit, and the memory of requests already done.

    `request_key` names the click or form that caused it (`i:<interaction id>`,
    `f:<form uuid>`): the same request arriving twice finds its first effect here.
    """

    game = models.ForeignKey(Game, on_delete=models.CASCADE, related_name="changes")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    via = models.CharField(max_length=8, choices=Via.choices)
    action = models.CharField(max_length=16, choices=Action.choices)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    promoted = ArrayField(models.BigIntegerField(), default=list, blank=True)
    demoted = ArrayField(models.BigIntegerField(), default=list, blank=True)
    revision = models.PositiveIntegerField(help_text=_("The game's revision it made."))
    request_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["game", "-at"], name="change_by_game")]

    def __str__(self) -> str:
        return f"{self.actor} {self.get_action_display()}"


class Draft(models.Model):
    """A game being previewed on Discord: kept so that its buttons outlive a restart.

    `values` holds what was typed, and the `games.new_game.NewGame` that it means, as JSON.
    """

    guild = models.ForeignKey(Guild, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    values = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.values.get("title", ""))
