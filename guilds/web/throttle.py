"""Limits by network address: whoever is not logged in has no other name."""

from collections.abc import Callable
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guilds.throttle import is_too_often

log = structlog.get_logger(__name__)

# The most requests of one address to these pages, and in how many seconds: each costs us a
# question to Discord, or a password to be hashed. A school or a company shares an address.
LIMITS = {
    "discord_login": ("GET POST", 60, 60),
    "discord_callback": ("GET", 60, 60),
    "admin:login": ("POST", 10, 300),
}
# Of one name, from all addresses together.
MOST_OF_A_NAME, NAME_SECONDS = 20, 900


def address_of(request: HttpRequest) -> str:
    """Return the browser's address; behind a proxy, the last in X-Forwarded-For.

    Those before it are what the browser itself sent, so anybody may have made them up.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.TRUST_PROXY:
        return peer
    return _read_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2]) or peer


def place_of(request: HttpRequest) -> str:
    """Return whom to count: the address, or of IPv6 the network of 64 bits, since a single
    connection has as many addresses as it likes in there."""
    address = address_of(request)
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv4Address):
        return address
    return str(known.ipv4_mapped or ip_network((int(known) >> 64 << 64, 64)))


def _read_address(text: str) -> str:
    """Return the address in its one spelling, without a port; empty if it is none."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ip_address(host))
    except ValueError:
        return ""


class AddressLimitMiddleware:
    """Refuses the pages of `LIMITS` to an address that asks for them too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        page = request.resolver_match.view_name if request.resolver_match else ""
        methods, most, seconds = LIMITS.get(page, ("", 0, 0))
        if request.method not in methods.split():
            return None
        if is_too_often(page, place_of(request), most=most, seconds=seconds) or (
            page == "admin:login" and _is_name_tried_too_often(request)
        ):
            log.warning("address_refused", page=page)
            return _refusal(request, seconds)
        return None


def _is_name_tried_too_often(request: HttpRequest) -> bool:
    name = request.POST.get("username", "")
    return is_too_often("admin-name", name, most=MOST_OF_A_NAME, seconds=NAME_SECONDS)


def _refusal(request: HttpRequest, seconds: int) -> HttpResponse:
    context = {
        "title": _("Too many tries"),
        "sentence": _("Wait a few minutes, then try again."),
    }
    response = render(request, "trouble.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
