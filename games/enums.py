from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    ARCHIVED = "archived", _("Archived")


class Answer(models.TextChoices):
    GOING = "going", _("Going")
    MAYBE = "maybe", _("Maybe")
    DECLINED = "declined", pgettext_lazy("answer", "Can't go")


class Origin(models.TextChoices):
    """How a participant joined. Seating follows the order of these members."""

    HOST_ADDED = "host_added", _("Added by the host")
    ROLE_MATCHED = "role_matched", _("By role")
    SELF = "self", _("Signed up")


class SignupMethod(models.TextChoices):
    SELF = "self", _("Everybody signs up")
    HOST_SELECTED = "host_selected", _("The host picks")
    HOST_SELECTED_WAITLIST = "host_selected_waitlist", _("The host picks from a waitlist")
    ROLE_PRIORITY = "role_priority", _("By role priority")


class Via(models.TextChoices):
    """The interface that a change came through."""

    BOT = "bot", _("Discord")
    WEB = "web", _("Dashboard")
    ADMIN = "admin", _("Admin")
    WORKER = "worker", _("Gamesched")


class Decision(models.TextChoices):
    """Whether the host was asked about too few players, and what they answered."""

    NONE = "", _("Not asked")
    ASKED = "asked", _("Asked")
    RUN = "run", _("Takes place")


class Action(models.TextChoices):
    """The kinds of change that a `Change` records."""

    CREATED = "created", _("created the game")
    EDITED = "edited", _("edited the game")
    RESCHEDULED = "rescheduled", _("moved the game")
    JOINED = "joined", _("joined")
    ANSWERED_MAYBE = "maybe", _("answered maybe")
    DECLINED = "declined", _("declined")
    STARTED = "started", _("started the game")
    COMPLETED = "completed", _("ended the game")
    CANCELLED = "cancelled", _("cancelled the game")
    REPOSTED = "reposted", _("reposted the announcement")
    POSTED = "posted", _("posted the announcement")
    SIGNUP_CLOSED = "signup_closed", _("closed the sign-up")
    ARCHIVED = "archived", _("archived the game")
    ADDED = "added", _("added a player")
    REMOVED = "removed", _("removed a player")
    LEFT = "left", _("left the server")
    ROLE_LOST = "role_lost", _("lost the role this game asks for")
    REORDERED = "reordered", _("reordered the players")
    HOST_ASKED = "host_asked", _("asked the host about too few players")
    CONFIRMED = "confirmed", _("said that the game takes place")
