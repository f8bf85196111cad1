"""What stops local services from working, in one line for the person at the terminal."""


class LocalError(Exception):
    """A local service cannot be used; the message says why and what to do."""


class InUse(LocalError):
    """Another run holds what this one needs."""
