"""The consent page: a person says who they are, and lets the application in or not."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web

from sandbox.gateway.endpoint import BOX
from sandbox.oauth.grants import SCOPES, has_granted, issue_code
from sandbox.world.core import Sandbox
from sandbox.world.guilds import add_bot
from sandbox.world.permissions import Permission, guild_permissions, permission_bits
from sandbox.world.state import Guild, User

COOKIE = "sandbox_person"
WORDS = {
    "identify": "see your name and avatar",
    "email": "see your email address",
    "guilds": "see which servers you are in",
    "guilds.members.read": "see your nickname and roles in those servers",
    "bot": "add its bot to a server",
    "applications.commands": "add its commands to a server",
}


class Invalid(Exception):
    """The request is wrong in a way that must not be sent back to the application."""


@dataclass(frozen=True)
class Asked:
    """A checked authorization request."""

    scopes: list[str]
    redirect_uri: str | None
    state: str | None
    prompt: str
    challenge: str | None
    guild_id: int | None
    permissions: int | None

    @property
    def wants_bot(self) -> bool:
        return "bot" in self.scopes or "applications.commands" in self.scopes


def _read(box: Sandbox, query: dict[str, str]) -> Asked:
    """Read and check the request; raises Invalid, in Discord's words where it has some."""
    if query.get("client_id") != str(box.app_id):
        raise Invalid("Unknown application.")
    scopes = query.get("scope", "").split()
    if not scopes or not set(scopes) <= SCOPES:
        raise Invalid("The requested scope is invalid, unknown, or malformed.")
    redirect_uri = query.get("redirect_uri")
    if redirect_uri and redirect_uri not in box.redirect_uris:
        raise Invalid("Invalid OAuth2 redirect_uri.")
    if not redirect_uri and not set(scopes) <= {"bot", "applications.commands"}:
        raise Invalid("A redirect_uri is required.")
    if redirect_uri and query.get("response_type") != "code":
        raise Invalid("Only response_type=code is known here.")
    if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
        raise Invalid("Only code_challenge_method=S256 is known here.")
    guild_id = query.get("guild_id", "")
    return Asked(
        scopes=scopes,
        redirect_uri=redirect_uri,
        state=query.get("state"),
        prompt=query.get("prompt", "consent"),
        challenge=query.get("code_challenge"),
        guild_id=int(guild_id) if guild_id.isdigit() else None,
        permissions=permission_bits(query["permissions"]) if "permissions" in query else None,
    )


async def show_consent(request: web.Request) -> web.Response:
    """Show the page, or answer at once: for `as=<user id>`, or `prompt=none` after a consent."""
    box = request.app[BOX]
    try:
        asked = _read(box, dict(request.query))
    except Invalid as error:
        return _page("Invalid request", f"<p>{escape(str(error))}</p>", status=400)
    person = _person(box, request.query.get("as"))
    if person is not None:
        return _let_in(box, asked, person)
    known = _person(box, request.cookies.get(COOKIE))
    if asked.prompt == "none" and known and has_granted(box, known.id, asked.scopes):
        return _let_in(box, asked, known)
    return _consent_page(box, asked, dict(request.query))


async def answer_consent(request: web.Request) -> web.Response:
    """Take the person's choice: `as` and perhaps `guild_id`, or `deny`."""
    box = request.app[BOX]
    form = await request.post()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    query = dict(parse_qsl(fields.get("query", ""))) or dict(request.query)
    if fields.get("guild_id"):
        query["guild_id"] = fields["guild_id"]
    try:
        asked = _read(box, query)
    except Invalid as error:
        return _page("Invalid request", f"<p>{escape(str(error))}</p>", status=400)
    person = _person(box, fields.get("as"))
    if "deny" in fields or person is None:
        description = "The resource owner or authorization server denied the request"
        return _back(asked, {"error": "access_denied", "error_description": description})
    return _let_in(box, asked, person)


def _person(box: Sandbox, number: str | None) -> User | None:
    found = box.world.users.get(int(number)) if number and number.isdigit() else None
    return found if found and not found.bot else None


def _let_in(box: Sandbox, asked: Asked, person: User) -> web.Response:
    added: dict[str, str] = {}
    if asked.wants_bot and asked.guild_id is not None:
        guild = box.world.guilds.get(asked.guild_id)
        if guild is None or guild not in _manageable(box, person):
            return _page("Not allowed", "<p>You cannot add a bot to that server.</p>", status=403)
        add_bot(box, guild, *([] if asked.permissions is None else [asked.permissions]))
        added = {"guild_id": str(guild.id), "permissions": str(asked.permissions or 0)}
    if asked.redirect_uri is None:
        response = _page("Done", '<p>The bot is in. <a href="/">Back to the sandbox</a></p>')
    else:
        code = issue_code(box, person.id, asked.scopes, asked.redirect_uri, asked.challenge)
        response = _back(asked, {"code": code, **added})
    response.set_cookie(COOKIE, str(person.id), httponly=True, samesite="Lax")
    return response


def _back(asked: Asked, answer: dict[str, str]) -> web.Response:
    """Send the browser back to the application, with its state."""
    if asked.redirect_uri is None:
        return _page("Cancelled", '<p>Nothing was changed. <a href="/">Back</a></p>')
    if asked.state is not None:
        answer["state"] = asked.state
    joint = "&" if urlsplit(asked.redirect_uri).query else "?"
    location = f"{asked.redirect_uri}{joint}{urlencode(answer)}"
    return web.Response(status=302, headers={"Location": location, "Cache-Control": "no-store"})


def _manageable(box: Sandbox, person: User) -> list[Guild]:
    return [
        guild
        for guild in box.world.guilds.values()
        if guild_permissions(box.world, guild, person.id) & Permission.MANAGE_GUILD
    ]


def _consent_page(box: Sandbox, asked: Asked, query: dict[str, str]) -> web.Response:
    wishes = "".join(f"<li>{escape(WORDS[scope])}</li>" for scope in asked.scopes)
    people = [user for user in box.world.users.values() if not user.bot]
    buttons = "".join(
        f'<button name="as" value="{user.id}"><img src="/cdn/avatars/{user.id}/0.png" alt="">'
        f"<span>{escape(user.global_name or user.username)}</span></button>"
        for user in sorted(people, key=lambda user: (user.global_name or user.username).lower())
    )
    servers = ""
    if asked.wants_bot:
        options = "".join(
            f'<option value="{guild.id}"{" selected" if guild.id == asked.guild_id else ""}>'
            f"{escape(guild.name)}</option>"
            for guild in box.world.guilds.values()
        )
        servers = f'<label>Server <select name="guild_id">{options}</select></label>'
    body = f"""
      <p><strong>{escape(box.bot.username)}</strong> would like to</p><ul>{wishes}</ul>
      <form method="post">
        <input type="hidden" name="query" value="{escape(urlencode(query))}">
        {servers}
        <h2>Continue as</h2>
        <div class="people">{buttons or "<p>There is nobody yet.</p>"}</div>
        <button class="quiet" name="deny" value="1">Cancel</button>
      </form>"""
    target = urlsplit(asked.redirect_uri or "")
    origin = f"{target.scheme}://{target.netloc}" if target.netloc else ""
    return _page("Log in", body, form_action=f"'self' {origin}".strip())


def _page(title: str, body: str, *, status: int = 200, form_action: str = "'self'") -> web.Response:
    """Render the page. Its policy allows the application, to which the form may lead on."""
    text = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Sandbox</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/page/style.css"></head>
<body class="consent"><main><h1>{escape(title)}</h1>{body}</main></body></html>"""
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {form_action}"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
