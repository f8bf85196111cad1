class Refused(Exception):
    """A request that cannot be done, explained in a sentence for the person who asked.

    `message` says why and what to do; `field` names the input it is about, if one is.
    Bot, dashboard and admin all show it as it stands.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(Refused):
    """It does not exist, or the person may not know of it; the two are indistinguishable."""


class NotAllowed(Refused):
    """The person may see it, but may not do this."""
