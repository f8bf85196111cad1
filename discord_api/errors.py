"""How a request to Discord can fail.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

UNKNOWN_CHANNEL = 10003
UNKNOWN_MEMBER = 10007
UNKNOWN_MESSAGE = 10008
TOO_MANY_OLD_EDITS = 30046
OPENING_DMS_TOO_FAST = 40003
MISSING_ACCESS = 50001
CANNOT_DM = 50007
MISSING_PERMISSIONS = 50013
INVALID_RECIPIENT = 50033
OVERLOADED = 130000
NO_COMMON_GUILD = 50278

DM_CLOSED = frozenset({CANNOT_DM, INVALID_RECIPIENT, NO_COMMON_GUILD})
CHANNEL_BROKEN = frozenset({UNKNOWN_CHANNEL, MISSING_ACCESS, MISSING_PERMISSIONS})


class DiscordError(Exception):
    """Discord refused, and nothing happened. `code` is Discord's own, or 0 if it gave none."""

    def __init__(self, status: int, code: int = 0, message: str = "") -> None:
        super().__init__(f"{status} ({code}) {message}".strip())
        self.status = status
        self.code = code
        self.message = message

    @property
    def is_permanent(self) -> bool:
        """True if the same request would be refused again."""
        return self.status not in {401, 429}


class RateLimited(DiscordError):
    """Discord, or our own count of its limits, asks to wait `retry_after` seconds."""

    def __init__(self, retry_after: float, code: int = 0, *, is_global: bool = False) -> None:
        super().__init__(429, code, f"retry after {retry_after:.2f} s")
        self.retry_after = retry_after
        self.is_global = is_global


class Unauthorized(DiscordError):
    """Discord does not accept the bot's token. No request is sent for a minute after this."""

    def __init__(self, message: str = "") -> None:
        super().__init__(401, 0, message)


class Uncertain(Exception):
    """Discord failed or did not answer: the request may or may not have been carried out."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status or 'no answer'}: {message}")
        self.status = status
