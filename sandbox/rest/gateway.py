"""The gateway's address and recommended shards."""

from __future__ import annotations

from sandbox.gateway.endpoint import gateway_url
from sandbox.rest.call import Answer, Call, route


@route("GET", "/gateway", auth="none", limited=False)
async def get_gateway(call: Call) -> Answer:
    return {"url": gateway_url(call.box)}


@route("GET", "/gateway/bot")
async def get_gateway_bot(call: Call) -> Answer:
    knobs = call.box.knobs
    return {
        "url": gateway_url(call.box),
        "shards": knobs.shards,
        "session_start_limit": {
            "total": 1000,
            "remaining": max(knobs.identifies_left, 0),
            "reset_after": 86400000,
            "max_concurrency": knobs.max_concurrency,
        },
    }
