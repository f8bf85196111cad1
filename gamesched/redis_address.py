"""The address of Redis, with TLS options in the form that redis-py, Celery and Channels read."""


def redis_address(url: str, *, verify: bool) -> str:
    """Return `url`, changed so that clients do not check the TLS certificate if `verify` is off.

    Needed for servers with self-signed certificates, such as Heroku's.
    """
    if verify or not url.startswith("rediss://") or "ssl_cert_reqs=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs=none"
