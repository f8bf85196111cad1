"""Pending work, in PostgreSQL and nowhere else: when to tell, and whom."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from games.models import Game
from notifications.enums import State, Target, TimerKind

NOTICE_LENGTH = 16


class Leased(models.Model):
    """Work that one worker at a time takes on, for a while, and may lose.

    A claim sets `lease_until` and raises `fence`. A worker that comes back later than its lease
    finds another fence and leaves the row alone.
    """

    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        abstract = True


class Timer(Leased):
    """Something due for a game. It is inert once the game's `schedule_version` has moved on."""

    game = models.ForeignKey(Game, on_delete=models.CASCADE, related_name="timers")
    guild_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=TimerKind.choices)
    minutes_before = models.PositiveIntegerField(default=0)
    schedule_version = models.PositiveIntegerField()
    # The game's revision when the direct channels for this reminder were last seen to.
    opened_revision = models.PositiveIntegerField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["game", "kind", "minutes_before", "schedule_version"],
                name="one_timer_per_purpose",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="timer_due", condition=Q(state="pending")),
            models.Index(fields=["lease_until"], name="timer_leased", condition=Q(state="leased")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of game {self.game_id}"


class Delivery(Leased):
    """One message to one channel or person, sent once however often it is tried.

    `payload` holds ids and numbers; the text is made when it is sent, from the state then.
    """

    dedupe_key = models.CharField(max_length=120, unique=True)
    game = models.ForeignKey(
        Game, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    guild_id = models.BigIntegerField()
    # The name of a kind in `notifications.kinds`. No choices: a new kind needs no migration.
    notice = models.CharField(max_length=NOTICE_LENGTH)
    priority = models.PositiveSmallIntegerField(
        default=5, help_text=_("Lower goes first when Discord's limit is the bottleneck.")
    )
    target = models.CharField(max_length=8, choices=Target.choices)
    target_id = models.BigIntegerField(help_text=_("A channel's id, or a person's Discord id."))
    payload = models.JSONField(default=dict, blank=True)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    channel_id = models.BigIntegerField(null=True, blank=True, help_text=_("Where it went."))
    message_id = models.BigIntegerField(null=True, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    error_code = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["priority", "due_at", "id"],
                name="delivery_due",
                condition=Q(state="pending"),
            ),
            models.Index(
                fields=["lease_until"], name="delivery_leased", condition=Q(state="leased")
            ),
            models.Index(
                fields=["target_id"], name="delivery_in_work", condition=Q(state="leased")
            ),
            models.Index(fields=["game", "-created_at"], name="delivery_by_game"),
        ]

    def __str__(self) -> str:
        return self.dedupe_key


class Announcement(models.Model):
    """The post of a game, and how far it has followed the game's `revision`.

    Its lease is held by the one who renders it, a worker or a click's own answer; see
    `notifications.followers.announcement.state`.
    """

    game = models.OneToOneField(Game, on_delete=models.CASCADE, related_name="announcement")
    channel_id = models.BigIntegerField(help_text=_("Where it is, or shall be."))
    message_id = models.BigIntegerField(null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    wanted_revision = models.PositiveIntegerField(default=1)
    posted_revision = models.PositiveIntegerField(default=0)
    post_number = models.PositiveSmallIntegerField(
        default=1, help_text=_("Rises with each repost; part of the nonce.")
    )
    render_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When to render next; null when all is shown.")
    )
    recheck_at = models.DateTimeField(null=True, blank=True)
    # Its edits in a row without much rest between them, and until when the last one is to stand:
    # `notifications.followers.announcement.pace`.
    rush = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    next_edit_at = models.DateTimeField(db_default=Now(), editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    is_in_flight = models.BooleanField(default=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    former_channel_id = models.BigIntegerField(null=True, blank=True)
    former_message_id = models.BigIntegerField(
        null=True,
        blank=True,
        help_text=_("The post in the channel the game has left, until it is deleted."),
    )
    delete_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When to delete the former post, or to try again.")
    )
    lost_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Deleted on Discord; waiting for the host's decision.")
    )
    last_error = models.TextField(blank=True)
    error_code = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Discord's, of the refusal that ended the last try.")
    )
    look_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When to look whether the post is still there.")
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["look_at"],
                name="announcement_to_look_at",
                condition=Q(look_at__isnull=False),
            ),
            models.Index(
                fields=["render_at"],
                name="announcement_to_render",
                condition=Q(render_at__isnull=False),
            ),
            models.Index(
                fields=["delete_at"],
                name="announcement_to_delete",
                condition=Q(delete_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"announcement of game {self.game_id}"

    @property
    def waits_for_host(self) -> bool:
        """Whether it may be posted anew: it was deleted, or never got there and nothing will try it
        by itself.

        In any other case two posts might stand in the channel.
        """
        is_given_up = self.message_id is None and self.render_at is None
        return self.lost_at is not None or (is_given_up and bool(self.last_error))


class HeldTarget(models.Model):
    """A channel or person that Discord takes no more messages for before `until`. One worker has
    learnt it, and the row tells the others."""

    target_id = models.BigIntegerField(primary_key=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.target_id} until {self.until}"


class ChannelPace(models.Model):
    """The latest edits in a channel: Discord limits them over all its messages, and more narrowly
    over those that are older than an hour; see `notifications.followers.announcement.pace`."""

    channel_id = models.BigIntegerField(primary_key=True)
    edits = ArrayField(models.DateTimeField(), default=list, db_default=[])
    old_edits = ArrayField(models.DateTimeField(), default=list, db_default=[])

    def __str__(self) -> str:
        return f"pace of channel {self.channel_id}"
