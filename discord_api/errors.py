"""How a request to Discord can fail.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

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

DM_CLOSED = frozenset({CANNOT_DM, INVALID_RECIPIENT, NO_COMMON_GUILD})
# There is no such person, or not on that server.
GONE = frozenset({UNKNOWN_MEMBER, UNKNOWN_USER})
CHANNEL_BROKEN = frozenset({UNKNOWN_CHANNEL, MISSING_ACCESS, MISSING_PERMISSIONS})


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
    def is_permanent(self) -> bool:
        """True if the same request would be refused again."""
        return self.status not in {0, 401, 429}


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
