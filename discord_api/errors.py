"""How a request to Discord can fail.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from enum import Enum, auto

UNKNOWN_CHANNEL = 10003
UNKNOWN_MEMBER = 10007
UNKNOWN_MESSAGE = 10008
UNKNOWN_USER = 10013
TOO_MANY_OLD_EDITS = 30046
OPENING_DMS_TOO_FAST = 40003
MISSING_ACCESS = 50001
CANNOT_DM = 50007
MISSING_PERMISSIONS = 50013
INVALID_RECIPIENT = 50033
OVERLOADED = 130000
NO_COMMON_GUILD = 50278

# Final for this person: closed, no common server, an account that is gone, one of another kind.
DM_CLOSED = frozenset({CANNOT_DM, NO_COMMON_GUILD, UNKNOWN_USER, INVALID_RECIPIENT, 20009})
# There is no such person, or not on that server.
GONE = frozenset({UNKNOWN_MEMBER, UNKNOWN_USER})


class Cause(Enum):
    """Why Discord refuses a post or an edit for good, as far as it matters to those it concerns."""

    GONE = auto()  # the channel was deleted
    CLOSED = auto()  # the bot may not see it or write there
    KIND = auto()  # a channel of this kind takes no plain message
    LOCKED = auto()  # a thread that is archived or locked
    BLOCKED = auto()  # a rule of the server keeps the text out
    FOREIGN = auto()  # a message of another account
    LATER = auto()  # Discord asks to come again, though it does not answer 429
    OTHER = auto()


_CAUSES = {
    UNKNOWN_CHANNEL: Cause.GONE,
    10004: Cause.GONE,  # unknown guild
    MISSING_ACCESS: Cause.CLOSED,
    MISSING_PERMISSIONS: Cause.CLOSED,
    40007: Cause.CLOSED,  # the bot is banned there
    50009: Cause.CLOSED,  # verification level
    160002: Cause.CLOSED,  # no history to reply to
    40058: Cause.KIND,  # a message into a forum
    40067: Cause.KIND,  # a forum that wants tags
    50003: Cause.KIND,
    50008: Cause.KIND,  # no text channel
    50024: Cause.KIND,
    50068: Cause.KIND,
    50083: Cause.LOCKED,
    160005: Cause.LOCKED,
    20031: Cause.BLOCKED,
    200000: Cause.BLOCKED,  # AutoMod
    200001: Cause.BLOCKED,
    240000: Cause.BLOCKED,  # harmful links
    50005: Cause.FOREIGN,
    50021: Cause.FOREIGN,
    20016: Cause.LATER,  # slow mode
    20022: Cause.LATER,  # edits in an announcement channel
    20028: Cause.LATER,  # writes of the channel
    20029: Cause.LATER,  # writes of the server
    TOO_MANY_OLD_EDITS: Cause.LATER,
    40004: Cause.LATER,  # sending is switched off for a while
    40006: Cause.LATER,  # so is the feature
    40062: Cause.LATER,
    40333: Cause.LATER,  # turned away in front of Discord
}
# For refusals that Discord means to take back and gives no time for.
LATER_SECONDS = 30.0


def cause_of(code: int) -> Cause:
    """Return what the code of a refusal means; codes that are not known are `OTHER`."""
    return _CAUSES.get(code, Cause.OTHER)


class DiscordError(Exception):
    """Discord refused, and nothing happened. `code` is Discord's own, or 0 if it gave none.

    `status` is 0 where Discord was not asked.
    """

    def __init__(self, status: int, code: int = 0, message: str = "") -> None:
        super().__init__(f"{status} ({code}) {message}".strip())
        self.status = status
        self.code = code
        self.message = message

    @property
    def cause(self) -> Cause:
        return cause_of(self.code)

    @property
    def is_permanent(self) -> bool:
        """True if the same request would be refused again."""
        return self.status not in {0, 401, 429} and self.cause != Cause.LATER


class RateLimited(DiscordError):
    """Discord, or our own count of its limits, asks to wait `retry_after` seconds.

    `is_vague`: the refusal named no usable wait, and concerns everything this address sends.
    """

    def __init__(
        self, retry_after: float, code: int = 0, *, is_global: bool = False, is_vague: bool = False
    ) -> None:
        super().__init__(429, code, f"retry after {retry_after:.2f} s")
        self.retry_after = retry_after
        self.is_global = is_global or is_vague
        self.is_vague = is_vague


class NoWay(RateLimited):
    """Discord answers nobody at present, and another request is finding out when it does again.
    Nothing was sent."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(retry_after, is_global=True)
        self.status = 0

    def __str__(self) -> str:
        return "no answer from Discord; waits until it answers again"


class Unauthorized(DiscordError):
    """Discord does not accept the bot's token. No request is sent for a minute after this."""

    def __init__(self, message: str = "") -> None:
        super().__init__(401, 0, message)


class Uncertain(Exception):
    """Discord failed or did not answer: the request may or may not have been carried out."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status or 'no answer'}: {message}")
        self.status = status
