"""Control of time: the application may offer to bring its plans near.

`SANDBOX_TIME_URL` is an address of the application in development. `GET` with `guild_id` lists
its plans, `[{"id", "title", "what", "at"}]`; `POST` with `guild_id` and `id` brings one
near and answers `{"said"}`, a sentence. Both come with `SANDBOX_TIME_SECRET` as bearer token.
"""

from __future__ import annotations

from typing import Any

import aiohttp

from sandbox.acting.refusals import Refused
from sandbox.control.call import Control, control
from sandbox.world.core import Sandbox
from sandbox.world.state import Json

PATIENCE = aiohttp.ClientTimeout(total=10)


@control("GET", "/time")
async def planned(call: Control) -> Any:
    """List the application's plans in the guild `guild_id`, soonest first."""
    return await _ask(call.box, "GET", params={"guild_id": call.query["guild_id"]})


@control("POST", "/time")
async def bring_near(call: Control) -> Any:
    """Bring one plan near, so that it happens within moments."""
    body = {"guild_id": str(call.id("guild_id")), "id": str(call.id("id"))}
    return await _ask(call.box, "POST", json=body)


async def _ask(box: Sandbox, method: str, **request: Any) -> Any:
    """Ask the application; raises Refused with its own words, or when it cannot be reached."""
    if not box.config.time_url:
        raise Refused("The application offers no control of time.")
    headers = {"Authorization": f"Bearer {box.config.time_secret}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE, headers=headers) as session,
            session.request(method, box.config.time_url, **request) as response,
        ):
            body: Json = await response.json()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise Refused("The application does not answer yet. Try again in a moment.") from error
    if response.status >= 400:
        raise Refused(str(body.get("error", "The application refused.")))
    return body
