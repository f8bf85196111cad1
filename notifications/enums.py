from django.db import models
from django.utils.translation import gettext_lazy as _


class TimerKind(models.TextChoices):
    POST = "post", _("Post the announcement")
    CLOSE_SIGNUP = "close_signup", _("Close the sign-up")
    REMIND = "remind", _("Remind")
    REMIND_OWN = "remind_own", _("Remind those with reminder times of their own")
    DECIDE = "decide", _("Decide on too few players")
    START = "start", _("Start")
    FINISH = "finish", _("Finish")
    ARCHIVE = "archive", _("Archive")


class State(models.TextChoices):
    """Where a timer or a delivery stands."""

    PENDING = "pending", _("Pending")
    LEASED = "leased", _("In work")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    DEAD = "dead", _("Failed for good")
    EXPIRED = "expired", _("Too late, not sent")


class Notice(models.TextChoices):
    """The messages we send unprompted."""

    REMINDER = "reminder", _("Reminder")
    PROMOTED = "promoted", _("Moved up from the waitlist")
    DEMOTED = "demoted", _("Moved back to the waitlist")
    REMOVED = "removed", _("Removed from the game")
    ADDED = "added", _("Added by the host")
    RESCHEDULED = "rescheduled", _("New time")
    MOVED = "moved", _("New channel")
    CANCELLED = "cancelled", _("Cancelled")
    TOO_FEW = "too_few", _("Too few players: what now?")
    GOES_AHEAD = "goes_ahead", _("Goes ahead with few players")
    UNREACHABLE = "unreachable", _("People who cannot be written to")
    POST_LOST = "post_lost", _("Announcement deleted")
    CHANNEL_TROUBLE = "channel_trouble", _("Trouble in a channel")
    SERIES_NEXT = "series_next", _("Next session of a series")
    SERIES_TROUBLE = "series_trouble", _("Next session could not be made")


class Target(models.TextChoices):
    CHANNEL = "channel", _("Channel")
    USER = "user", _("Direct message")
