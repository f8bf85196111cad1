"""Which pages may open a socket: those of this very site, by scheme, host and port."""

from collections.abc import Collection
from typing import Any
from urllib.parse import ParseResult, urlsplit

from channels.security.websocket import OriginValidator


class SiteOrigins(OriginValidator):
    """Refuses every other origin, also another port or scheme of the same host.

    A page of another port is another site: it may be anybody's on the same machine, and one
    without TLS may be anybody's on the way. Channels' own validator for ALLOWED_HOSTS compares
    hosts alone.
    """

    def __init__(self, application: Any, *, site_url: str, hosts: Collection[str]) -> None:
        parts = urlsplit(site_url)
        port = f":{parts.port}" if parts.port else ""
        super().__init__(application, [f"{parts.scheme}://{host}{port}" for host in hosts])

    def validate_origin(self, parsed_origin: ParseResult | None) -> bool:
        try:
            return bool(super().validate_origin(parsed_origin))
        except ValueError:  # a port that is no port
            return False
