"""Errors of local services, each with a sentence for the person at the terminal."""


class LocalError(Exception):
    """A local service cannot be used. The message says why and what to do."""


class InUse(LocalError):
    """Another run holds the lock that this one needs."""
