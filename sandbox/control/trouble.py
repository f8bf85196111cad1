"""Control that causes trouble: faults, limits, knobs, the gateway."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sandbox.acting.refusals import Refused
from sandbox.config import Knobs
from sandbox.control.call import Control, control
from sandbox.faults import Faults
from sandbox.gateway.endpoint import INVALID_SESSION, RECONNECT
from sandbox.gateway.sessions import Session
from sandbox.limits import DEFAULTS, OBSERVED, Limit, Limiter
from sandbox.requestlog import RequestLog
from sandbox.world.guilds import delete_guild


@control("POST", "/reset")
async def reset(call: Control) -> Any:
    """Empty the world and end all trouble; the bot stays connected, its commands registered."""
    box = call.box
    for guild in list(box.world.guilds.values()):
        delete_guild(box, guild)
    box.world.clear(keep_user=box.app_id)
    box.knobs = Knobs(shards=box.config.shards)
    box.limiter, box.faults = Limiter(), Faults()
    box.log = RequestLog(counter=box.log.counter)
    box.happenings.clear()
    box.tokens_revoked = False
    for memory in (box.interactions, box.interactions_by_token, box.nonces, box.old_edits):
        memory.clear()
    for notes in (box.hub.identifies, box.hub.too_early, box.hub.doubles):
        notes.clear()
    box.hub.tell_page("reset")


@control("GET", "/knobs")
async def get_knobs(call: Control) -> Any:
    return asdict(call.box.knobs)


@control("POST", "/knobs")
async def set_knobs(call: Control) -> Any:
    knobs = call.box.knobs
    for name, value in call.body.items():
        if name == "token_revoked":
            call.box.tokens_revoked = bool(value)
        elif not hasattr(knobs, name):
            raise Refused(f"There is no knob {name}.")
        else:
            setattr(knobs, name, type(getattr(knobs, name))(value))
    return asdict(knobs)


@control("GET", "/limits")
async def get_limits(call: Control) -> Any:
    limiter = call.box.limiter
    return {
        "global": asdict(limiter.everywhere),
        "default": asdict(limiter.fallback),
        **{name: asdict(limit) for name, limit in limiter.limits.items()},
    }


@control("POST", "/limits")
async def set_limits(call: Control) -> Any:
    """Set limits: `{name: {"limit": n, "per": seconds}}`, names `global` and `default` too."""
    limiter = call.box.limiter
    if call.body.pop("reset", False):
        limiter.limits = dict(DEFAULTS)
        limiter.everywhere, limiter.fallback = Limit(50, 1.0), Limit(1000, 1.0)
    if call.body.pop("preset", None) == "observed":
        limiter.limits |= OBSERVED
    for name, body in call.body.items():
        limit = Limit(int(body["limit"]), float(body.get("per", 1.0)))
        if name == "global":
            limiter.everywhere = limit
        elif name == "default":
            limiter.fallback = limit
        else:
            limiter.limits[name] = limit
    limiter.windows.clear()
    return await get_limits(call)


@control("GET", "/faults")
async def get_faults(call: Control) -> Any:
    return [asdict(fault) for fault in call.box.faults.rules]


@control("POST", "/faults")
async def add_fault(call: Control) -> Any:
    if "seed" in call.body:
        call.box.faults.reseed(int(call.body.pop("seed")))
    return asdict(call.box.faults.add(call.body))


@control("DELETE", "/faults")
async def clear_faults(call: Control) -> Any:
    call.box.faults.rules.clear()


@control("POST", "/gateway")
async def disturb_gateway(call: Control) -> Any:
    """Drop, close, reconnect, invalidate, pause or resume (`action`); `shard` limits it to one.

    `resumable: false` makes the session unfit for RESUME; `code` is the close code.
    """
    action = call.body["action"]
    touched = 0
    for session in call.box.hub.connected():
        if call.body.get("shard") in {None, session.shard}:
            _disturb(session, action, call)
            touched += 1
    return {"touched": touched}


def _disturb(session: Session, action: str, call: Control) -> None:
    socket = session.socket
    assert socket is not None
    session.resumable = session.resumable and call.body.get("resumable", True)
    if action == "drop":
        socket.abort()
        session.detach()
    elif action == "close":
        socket.close(int(call.body.get("code", 4000)))
        session.detach()
    elif action == "reconnect":
        socket.send(RECONNECT)
    elif action == "invalidate":
        socket.send(INVALID_SESSION, session.resumable)
    elif action == "pause":
        session.paused = True
    elif action == "resume":
        session.release()
    else:
        raise Refused(f"There is no action {action}.")
