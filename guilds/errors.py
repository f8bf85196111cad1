class Refused(Exception):
    """A request that cannot be done, in a sentence the person asking may read.

    `message` says why and what to do; `field` names the input it is about, if one is.
    Bot, dashboard and admin all show it as it stands.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(Refused):
    """It does not exist, or is not the asker's to know of: the two look the same."""


class NotAllowed(Refused):
    """The person may see it but not do this."""
