"""Refuses to start a site with settings that would be unsafe on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

ON_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
DISCORD = ("discord.com", "discordapp.com", "discord.gg")
# Where each part of the sandbox's credentials says what it is: its token has it in the middle, as
# Discord's tokens hold their kind of thing between two dots.
SANDBOX_MARK = "sandbox"
SHORTEST_KEY = 50
# RFC 9116 wants an address of one of these kinds.
CONTACTS = ("mailto:", "https://", "tel:")
PLACEHOLDERS = ("django-insecure", "change-me")


class Unsafe(Exception):
    """A sentence that names the setting and says what it must be."""


@dataclass(frozen=True)
class Site:
    """The settings that decide whether a site is safe, as they were read."""

    debug: bool
    site_url: str
    allowed_hosts: Sequence[str]
    secret_keys: Sequence[str]
    discord_base_url: str
    discord_credentials: Mapping[str, str]
    hsts_subdomains: bool
    hsts_preload: bool
    security_contact: str = ""


def refuse_unsafe(site: Site) -> None:
    """Raise `Unsafe` for the first fault. Development is refused wherever others could reach it."""
    address = _address("SITE_URL", site.site_url)
    _check_discord(site)
    if site.debug:
        _check_development(site, address)
    else:
        _check_production(site, address)


def _check_development(site: Site, address: SplitResult) -> None:
    if address.hostname not in ON_THIS_MACHINE:
        raise Unsafe("DEBUG must be off when SITE_URL is not on this machine.")
    # Django itself answers to names of this machine alone while the list is empty.
    if not all(_is_here(host) for host in site.allowed_hosts):
        raise Unsafe("DEBUG must be off when ALLOWED_HOSTS names more than this machine.")


def _check_production(site: Site, address: SplitResult) -> None:
    for key in site.secret_keys:
        if len(key) < SHORTEST_KEY or key.startswith(PLACEHOLDERS):
            raise Unsafe("SECRET_KEY must be your own: at least 50 random characters.")
    if not site.allowed_hosts or "*" in site.allowed_hosts:
        raise Unsafe("ALLOWED_HOSTS must name the site's host names.")
    if address.scheme != "https" and address.hostname not in ON_THIS_MACHINE:
        raise Unsafe(
            "SITE_URL must begin with https:// unless it is on this machine: without TLS, sessions"
            " and Discord's answers can be read on their way."
        )
    contact = site.security_contact
    if contact and not (contact.startswith(CONTACTS) and contact.isprintable()):
        raise Unsafe("SECURITY_CONTACT must begin with mailto:, https:// or tel:.")
    if site.hsts_preload and not site.hsts_subdomains:
        raise Unsafe("HSTS_PRELOAD needs HSTS_SUBDOMAINS: browsers' lists take whole domains.")


def _check_discord(site: Site) -> None:
    address = _address("DISCORD_BASE_URL", site.discord_base_url)
    host = (address.hostname or "").rstrip(".")
    if any(host == name or host.endswith(f".{name}") for name in DISCORD):
        for name, value in site.discord_credentials.items():
            if SANDBOX_MARK in value.lower():
                raise Unsafe(f"{name} is the sandbox's; Discord does not know it.")
    if address.scheme != "https" and host not in ON_THIS_MACHINE and not site.debug:
        raise Unsafe("DISCORD_BASE_URL must begin with https:// unless it is on this machine.")


def _address(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Unsafe(f"{name} is not an address.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unsafe(f"{name} must be an address such as https://games.example.org.")
    return parts


def _is_here(host: str) -> bool:
    name = host.strip("[]").lower()
    return name in ON_THIS_MACHINE or name.endswith(".localhost")


def site_of(values: Mapping[str, Any]) -> Site:
    """Return the site that these settings make."""
    return Site(
        debug=values["DEBUG"],
        site_url=values["SITE_URL"],
        allowed_hosts=values["ALLOWED_HOSTS"],
        secret_keys=[values["SECRET_KEY"], *values["SECRET_KEY_FALLBACKS"]],
        discord_base_url=values["DISCORD_BASE_URL"],
        discord_credentials={
            name: values[name] for name in ("DISCORD_BOT_TOKEN", "DISCORD_CLIENT_SECRET")
        },
        hsts_subdomains=values["HSTS_SUBDOMAINS"],
        hsts_preload=values["HSTS_PRELOAD"],
        security_contact=values["SECURITY_CONTACT"],
    )
