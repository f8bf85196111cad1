from django.db import models
from django.utils.translation import gettext_lazy as _


class TimerKind(models.TextChoices):
    POST = "post", _("Post the announcement")
    CLOSE_SIGNUP = "close_signup", _("Close the sign-up")
    REMIND = "remind", _("Remind")
    REMIND_OWN = "remind_own", _("Remind those with reminder times of their own")
    DECIDE = "decide", _("Decide on too few players")
    START = "start", _("Start the game")
    FINISH = "finish", _("End the game")
    ARCHIVE = "archive", _("Archive")


class State(models.TextChoices):
    """The state of a timer or a delivery."""

    PENDING = "pending", _("Pending")
    LEASED = "leased", _("In work")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Withdrawn")
    DEAD = "dead", _("Failed for good")
    EXPIRED = "expired", _("Too late, not sent")


class Target(models.TextChoices):
    CHANNEL = "channel", _("Channel")
    USER = "user", _("Direct message")
