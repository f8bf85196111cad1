"""Scheduled events of a guild."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.errors import ApiError
from sandbox.gateway.sessions import Intent
from sandbox.rest.call import Answer, Call, route
from sandbox.validation.fields import REQUIRED, Form
from sandbox.world.guilds import tell_guild
from sandbox.world.permissions import Permission, guild_permissions
from sandbox.world.present import event_json
from sandbox.world.state import Json, ScheduledEvent

PATH = "/guilds/{guild_id}/scheduled-events"
STAGE, VOICE, EXTERNAL = 1, 2, 3
SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4
FIELDS = (
    "name", "description", "scheduled_start_time", "scheduled_end_time",
    "entity_type", "entity_metadata", "channel_id", "privacy_level", "image",
)  # fmt: skip


def _need(call: Call, *permissions: Permission) -> None:
    """Require one of these permissions in the guild; raises 50013."""
    bits = guild_permissions(call.box.world, call.guild(), call.box.app_id)
    if not any(bits & permission for permission in permissions):
        raise ApiError(50013)


def _find(call: Call) -> ScheduledEvent:
    event = call.box.world.events.get(call.ids["event_id"])
    if event is None or event.guild_id != call.guild().id:
        raise ApiError(10070)
    return event


def _check(body: Json, *, changed: Json) -> None:
    form = Form()
    form.text(body, "name", 100, shortest=1, required=True)
    form.text(body, "description", 1000)
    form.one_of(body, "entity_type", {STAGE, VOICE, EXTERNAL})
    form.one_of(body, "privacy_level", {2})
    start = _moment(form, body, "scheduled_start_time", required=True)
    external = body.get("entity_type") == EXTERNAL
    end = _moment(form, body, "scheduled_end_time", required=external)
    if start and "scheduled_start_time" in changed and start < datetime.now(UTC):
        message = "Cannot schedule event in the past."
        form.error("scheduled_start_time", "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", message)
    if start and end and end <= start:
        message = "Cannot schedule event with end time before start time."
        form.error("scheduled_end_time", "GUILD_SCHEDULED_EVENT_END_BEFORE_START", message)
    if external:
        with form.at("entity_metadata"):
            form.text(body.get("entity_metadata") or {}, "location", 100, shortest=1, required=True)
    elif not body.get("channel_id"):
        form.error("channel_id", *REQUIRED)
    form.finish()


def _moment(form: Form, body: Json, field: str, *, required: bool) -> datetime | None:
    value = body.get(field)
    if value is None:
        if required:
            form.error(field, *REQUIRED)
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        form.error(field, "DATE_TIME_TYPE_PARSE", f'Could not parse "{value}". Should be ISO8601.')
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _tell(call: Call, name: str, event: ScheduledEvent) -> Json:
    body = event_json(call.box.world, event)
    tell_guild(call.box, name, event.guild_id, body, Intent.SCHEDULED_EVENTS)
    call.box.hub.tell_page("events.update", guild_id=str(event.guild_id))
    return body


@route("GET", PATH)
async def list_events(call: Call) -> Answer:
    world = call.box.world
    return [event_json(world, event) for event in world.guild_events(call.guild().id)]


@route("POST", PATH)
async def create_event(call: Call) -> Answer:
    _need(call, Permission.CREATE_EVENTS)
    guild = call.guild()
    _check(call.body, changed=call.body)
    live = [e for e in call.box.world.guild_events(guild.id) if e.status in {SCHEDULED, ACTIVE}]
    if len(live) >= call.box.knobs.max_scheduled_events:
        raise ApiError(30038)
    body = {field: call.body[field] for field in FIELDS if field in call.body}
    event = ScheduledEvent(call.box.next_id(), guild.id, body, call.box.app_id)
    call.box.world.events[event.id] = event
    return _tell(call, "GUILD_SCHEDULED_EVENT_CREATE", event)


@route("GET", PATH + "/{event_id}")
async def get_event(call: Call) -> Answer:
    return event_json(call.box.world, _find(call))


@route("PATCH", PATH + "/{event_id}")
async def patch_event(call: Call) -> Answer:
    event = _find(call)
    _need_for(call, event)
    changed = {field: call.body[field] for field in FIELDS if field in call.body}
    body = {**event.body, **changed}
    _check(body, changed=changed)
    status = call.body.get("status", event.status)
    allowed = {SCHEDULED: {SCHEDULED, ACTIVE, CANCELED}, ACTIVE: {ACTIVE, COMPLETED}}
    if status not in allowed.get(event.status, set()):
        raise ApiError(50035)
    event.body, event.status = body, status
    return _tell(call, "GUILD_SCHEDULED_EVENT_UPDATE", event)


@route("DELETE", PATH + "/{event_id}")
async def delete_event(call: Call) -> Answer:
    event = _find(call)
    _need_for(call, event)
    del call.box.world.events[event.id]
    _tell(call, "GUILD_SCHEDULED_EVENT_DELETE", event)
    return None


def _need_for(call: Call, event: ScheduledEvent) -> None:
    own = event.creator_id == call.box.app_id
    _need(call, Permission.MANAGE_EVENTS, *([Permission.CREATE_EVENTS] if own else []))
