"""The address of Redis, with what redis-py, Celery and Channels shall know of TLS in it."""


def redis_address(url: str, *, verify: bool) -> str:
    """`url`, whose TLS certificate is not checked where `verify` is off.

    For servers that show one they signed themselves, as Heroku's do.
    """
    if verify or not url.startswith("rediss://") or "ssl_cert_reqs=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs=none"
