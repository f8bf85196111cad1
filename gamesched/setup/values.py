"""Checks of each typed value, before Discord is asked."""

import re
from urllib.parse import urlsplit

# The path in `guilds.discord_login.urls`. Set-up has no settings, so it cannot ask Django.
CALLBACK = "/accounts/discord/login/callback/"
ON_THIS_MACHINE = {"localhost", "127.0.0.1"}


class Unusable(Exception):
    """The text cannot be such a value. The message says what one looks like."""


def clean_site_url(text: str) -> str:
    """Return the dashboard's address without a trailing slash. Raises `Unusable`."""
    text = text.strip()
    if "//" not in text:
        scheme = "http" if text.partition(":")[0] in ON_THIS_MACHINE else "https"
        text = f"{scheme}://{text}"
    text = text.rstrip("/")
    try:
        parts = urlsplit(text)
        is_host = bool(re.fullmatch(r"[A-Za-z0-9.-]+", parts.hostname or "")) and parts.port != 0
    except ValueError:
        is_host = False
    # The parser ignores line breaks, but in the file they would end the line.
    is_word = re.fullmatch(r"[!-~]+", text)
    if not is_word or not is_host or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        raise Unusable("An address looks like https://games.example.org.")
    if parts.path or parts.query or parts.fragment:
        raise Unusable(
            "Gamesched has a host name of its own: leave out what follows it, as in"
            f" {parts.scheme}://{parts.netloc}."
        )
    return text


def clean_token(text: str) -> str:
    text = text.strip().removeprefix("Bot ").strip()
    if not text:
        raise Unusable("A bot token is needed: it stands under Bot, press Reset Token and copy it.")
    if not re.fullmatch(r"[!-~]+", text):
        raise Unusable("A bot token is one word of plain letters, digits and signs.")
    return text


def clean_client_id(text: str) -> str:
    text = text.strip()
    if not re.fullmatch(r"[0-9]{15,20}", text):
        raise Unusable("A client id is a number of 17 to 20 digits, under OAuth2.")
    return text


def clean_secret(text: str) -> str:
    text = text.strip()
    if not text:
        raise Unusable("The client secret is needed, so that people can log in: under OAuth2.")
    if not re.fullmatch(r"[!-~]+", text):
        raise Unusable("A client secret is one word of plain letters, digits and signs.")
    return text


def clean_owner_ids(text: str) -> str:
    ids = [part for part in re.split(r"[\s,]+", text) if part and part != "-"]
    if not all(re.fullmatch(r"[0-9]{15,20}", one) for one in ids):
        raise Unusable("Discord ids are numbers of 17 to 20 digits; separate several by commas.")
    return ",".join(ids)


def redirect_url(site_url: str) -> str:
    return site_url + CALLBACK


def hosts_of(site_url: str) -> list[str]:
    """Return the host names the site answers to; on one's own machine both of its names."""
    host = urlsplit(site_url).hostname or ""
    return sorted(ON_THIS_MACHINE) if host in ON_THIS_MACHINE else [host]
