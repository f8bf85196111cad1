"""The address that adds the bot to a server. Set-up prints it too, so it needs no settings."""

from urllib.parse import urlencode

from guilds.enums import BOT_PERMISSIONS

SCOPES = "bot applications.commands"


def invite_url(base_url: str, client_id: str) -> str:
    """Return the invite's address, which asks for exactly the permissions that the bot uses."""
    query = {"client_id": client_id, "scope": SCOPES, "permissions": int(BOT_PERMISSIONS)}
    return f"{base_url.rstrip('/')}/oauth2/authorize?{urlencode(query)}"
