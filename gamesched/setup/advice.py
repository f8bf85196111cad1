"""Steps to take by hand at Discord, printed at the end."""

from gamesched.setup.discord import Application
from gamesched.setup.values import redirect_url
from gamesched.setup.wizard import Credentials
from guilds.invite import invite_url

PORTAL = "https://discord.com/developers/applications"


def advice(
    credentials: Credentials, application: Application, base_url: str, *, uses_members: bool
) -> str:
    """Return numbered steps, with the addresses to paste and to open."""
    steps = [
        _redirect(credentials.site_url, application),
        *_troubles(application),
        _members(application, uses_members=uses_members),
        f"Invite the bot to your server:\n     {invite_url(base_url, application.id)}",
        "Start Gamesched: make run (on a server: restart its processes).",
    ]
    numbered = "\n".join(f"  {place}. {step}" for place, step in enumerate(steps, 1))
    return f"\nWhat remains, at {PORTAL}/{application.id}:\n\n{numbered}\n"


def _redirect(site_url: str, application: Application) -> str:
    url = redirect_url(site_url)
    if url in (application.redirects or ()):
        return f"OAuth2, Redirects: nothing, this is there already:\n     {url}"
    return f"OAuth2, Redirects: add this, so that people can log in, and save:\n     {url}"


def _troubles(application: Application) -> list[str]:
    troubles = []
    if application.interactions_url:
        troubles.append(
            "General Information, Interactions Endpoint URL: empty it. While something stands"
            "\n     there, no command and no button reaches the bot."
        )
    else:
        troubles.append("General Information, Interactions Endpoint URL: nothing; leave it empty.")
    if application.needs_code_grant:
        troubles.append("Bot, Requires OAuth2 Code Grant: switch it off, or the invite will fail.")
    return troubles


def _members(application: Application, *, uses_members: bool) -> str:
    if uses_members and not application.has_members_intent:
        return (
            "Bot, Server Members Intent: switch it on, or take DISCORD_MEMBERS_INTENT out of .env;"
            "\n     Discord refuses the bot's connection as it is now."
        )
    if application.has_members_intent and not uses_members:
        return (
            "Bot: the Server Members Intent is on. If you like, DISCORD_MEMBERS_INTENT=1 in .env"
            "\n     lets Gamesched keep members' roles fresh by it."
        )
    return "Bot: nothing; no privileged intent is needed."
