"""Interactions: acts of a person, which the bot acknowledges once and within three seconds."""

from __future__ import annotations

import asyncio
import time

from sandbox.errors import ApiError, invalid_form, nest_errors
from sandbox.validation.fields import NO_OBJECT, REQUIRED, Form
from sandbox.validation.messages import EPHEMERAL, check_message
from sandbox.validation.modals import check_modal
from sandbox.validation.options import STRING, check_choice
from sandbox.world.core import Interaction, Sandbox
from sandbox.world.messages import Origin, Upload, create_message, edit_message
from sandbox.world.permissions import channel_permissions
from sandbox.world.present import channel_json, member_json, message_json, timestamp, user_json
from sandbox.world.state import Channel, Json, Message

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
LOADING = 128
KEPT = 5000


def start_interaction(
    box: Sandbox,
    kind: int,
    user_id: int,
    channel: Channel,
    data: Json,
    *,
    message: Message | None = None,
    modal_from: int | None = None,
) -> Interaction:
    """Make an interaction and send it to the bot's shard."""
    interaction = Interaction(
        id=box.next_id(),
        token=box.new_token(),
        type=kind,
        user_id=user_id,
        channel_id=channel.id,
        guild_id=channel.guild_id,
        payload={},
        sent=time.monotonic(),
        message_id=message.id if message else None,
        modal_from=modal_from,
    )
    interaction.payload = _payload(box, interaction, channel, data, message)
    remember_interaction(box, interaction)
    send_interaction(box, interaction.payload)
    return interaction


def remember_interaction(box: Sandbox, interaction: Interaction) -> None:
    """Keep an interaction for its callbacks and follow-ups; the newest few thousand stay."""
    box.interactions[interaction.id] = interaction
    interaction.happening = note_interaction(box, interaction)
    box.interactions_by_token[interaction.token] = interaction
    if len(box.interactions) > KEPT:
        oldest = box.interactions.pop(next(iter(box.interactions)))
        box.interactions_by_token.pop(oldest.token, None)


def note_interaction(box: Sandbox, interaction: Interaction) -> Json:
    """Write the act down for the page; its acknowledgement is added later."""
    data = interaction.payload.get("data") or {}
    return box.happenings.add(
        "interaction",
        id=str(interaction.id),
        type=interaction.type,
        name=data.get("name") or data.get("custom_id"),
        user_id=str(interaction.user_id),
        guild_id=str(interaction.guild_id) if interaction.guild_id else None,
        channel_id=str(interaction.channel_id),
        message_id=str(interaction.message_id) if interaction.message_id else None,
        acked_ms=None,
        payload=interaction.payload,
    )


def send_interaction(box: Sandbox, payload: Json) -> int:
    """Send it to the guild's shard, whatever its intents; returns how many sessions it reached."""
    guild_id = payload.get("guild_id")
    return box.hub.dispatch("INTERACTION_CREATE", payload, int(guild_id) if guild_id else None)


def _payload(
    box: Sandbox, interaction: Interaction, channel: Channel, data: Json, message: Message | None
) -> Json:
    user = box.user(interaction.user_id)
    body: Json = {
        "id": str(interaction.id),
        "application_id": str(box.app_id),
        "type": interaction.type,
        "token": interaction.token,
        "version": 1,
        "data": data,
        "channel_id": str(channel.id),
        "channel": channel_json(box.world, channel),
        "locale": user.locale,
        "app_permissions": str(channel_permissions(box.world, channel, box.app_id)),
        "entitlements": [],
        "attachment_size_limit": 10485760,
    }
    if message is not None:
        body["message"] = message_json(box.world, message, box.app_id)
    if channel.guild_id is None:
        return body | {
            "user": user_json(user),
            "context": 1,
            "authorizing_integration_owners": {"0": "0"},
        }
    guild = box.guild(channel.guild_id)
    member = box.world.member(guild.id, user.id)
    assert member is not None
    return body | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": member_json(box.world, member)
        | {"permissions": str(channel_permissions(box.world, channel, user.id))},
        "context": 0,
        "authorizing_integration_owners": {"0": str(guild.id)},
    }


async def wait_for_ack(box: Sandbox, interaction: Interaction) -> None:
    """Wait until the bot acknowledges, or seal the interaction when its time is over."""
    deadline = interaction.sent + box.knobs.ack_deadline
    while interaction.acked is None:
        left = deadline - time.monotonic()
        if left <= 0:
            interaction.sealed = True
            box.happenings.change(interaction.happening, failed=True)
            return
        try:
            await asyncio.wait_for(interaction.changed.wait(), left)
        except TimeoutError:
            continue


async def wait_for_reply(interaction: Interaction, seconds: float) -> None:
    """Wait for the promised reply: "thinking" is filled or a follow-up is sent."""
    end = time.monotonic() + seconds
    while not _is_complete(interaction) and (left := end - time.monotonic()) > 0:
        try:
            await asyncio.wait_for(interaction.changed.wait(), left)
        except TimeoutError:
            return


def _is_complete(interaction: Interaction) -> bool:
    if interaction.modal or interaction.choices is not None:
        return True
    if interaction.ack_type == DEFER_REPLY:
        return not interaction.thinking
    return len(interaction.replies) > (1 if interaction.ack_type == REPLY else 0)


def acknowledge(box: Sandbox, interaction: Interaction, body: Json, files: list[Upload]) -> None:
    """Take the bot's callback; raises 40060 (second), 10062 (late) or 50035 (wrong)."""
    if interaction.acked is not None:
        interaction.double_callbacks += 1
        raise ApiError(40060)
    late = time.monotonic() - interaction.sent > box.knobs.ack_deadline
    if interaction.sealed or late:
        interaction.late_callbacks += 1
        raise ApiError(10062)
    kind = body.get("type")
    _check_kind(interaction, kind)
    try:
        _answer(box, interaction, int(str(kind)), body.get("data"), files)
    except ApiError as error:
        if error.errors:
            error.errors = {"data": error.errors}
        raise
    interaction.acked = time.monotonic()
    interaction.ack_type = kind
    box.happenings.change(interaction.happening, acked_ms=interaction.acked_after_ms, ack=kind)
    interaction.announce()


def _answer(
    box: Sandbox, interaction: Interaction, kind: int, given: object, files: list[Upload]
) -> None:
    """Carry the callback out. Errors in its data are told below `data`."""
    if given is not None and not isinstance(given, dict):
        raise ApiError(50035, errors=_whole(NO_OBJECT))
    if given is None and kind not in {DEFER_REPLY, DEFER_UPDATE}:
        raise ApiError(50035, errors=_whole(REQUIRED))
    data: Json = given or {}
    if kind in {REPLY, DEFER_REPLY}:
        _reply(box, interaction, data, files, thinking=kind == DEFER_REPLY)
    elif kind == UPDATE:
        _update_source(box, interaction, data, files)
    elif kind == DEFER_UPDATE:
        interaction.original_id = interaction.message_id
    elif kind == CHOICES:
        interaction.choices = _checked_choices(interaction, data)
    elif kind == MODAL:
        check_modal(data)
        interaction.modal = data


def _whole(error: tuple[str, str]) -> Json:
    return nest_errors([([], *error)])


def _check_kind(interaction: Interaction, kind: object) -> None:
    allowed = {REPLY, DEFER_REPLY, MODAL}
    if interaction.type == AUTOCOMPLETE:
        allowed = {CHOICES}
    elif interaction.type == MODAL_SUBMIT:
        allowed.discard(MODAL)
    if interaction.message_id is not None:
        allowed |= {DEFER_UPDATE, UPDATE}
    if kind not in allowed:
        message = f"Value must be one of {{{', '.join(str(one) for one in sorted(allowed))}}}."
        raise invalid_form("type", "BASE_TYPE_CHOICES", message)


def _reply(
    box: Sandbox, interaction: Interaction, data: Json, files: list[Upload], *, thinking: bool
) -> None:
    if not thinking:
        check_data(data, files)
    message = create_reply(
        box, interaction, {} if thinking else data, files, data.get("flags"), loading=thinking
    )
    interaction.thinking = thinking
    interaction.original_id = message.id


def create_reply(
    box: Sandbox,
    interaction: Interaction,
    data: Json,
    files: list[Upload],
    flags: object,
    *,
    loading: bool = False,
) -> Message:
    """Make the bot's reply to an interaction; one person alone sees it when it is ephemeral.

    `loading` marks one that says "thinking" for now, from its MESSAGE_CREATE on.
    """
    hidden = isinstance(flags, int) and bool(flags & EPHEMERAL)
    origin = Origin(
        webhook=True,
        token=interaction.token,
        ephemeral_for=interaction.user_id if hidden else None,
        type=20 if interaction.type == COMMAND and not interaction.replies else 0,
        flags=(EPHEMERAL if hidden else 0) | (LOADING if loading else 0),
        interaction=metadata(box, interaction),
    )
    message = create_message(
        box, box.channel(interaction.channel_id), box.app_id, data, files, origin
    )
    interaction.replies.append(message.id)
    return message


def metadata(box: Sandbox, interaction: Interaction) -> Json:
    """Describe the interaction for a message's `interaction_metadata`."""
    body: Json = {
        "id": str(interaction.id),
        "type": interaction.type,
        "user": user_json(box.user(interaction.user_id)),
        "authorizing_integration_owners": {"0": str(interaction.guild_id or 0)},
    }
    if interaction.type == COMMAND:
        body["name"] = interaction.payload["data"].get("name")
    if interaction.message_id:
        body["interacted_message_id"] = str(interaction.message_id)
    return body


def check_data(data: Json, files: list[Upload], *, keeps: bool = False) -> None:
    """Check the limits of a message that may be ephemeral."""
    check_message(data, files=len(files), keeps=keeps, interaction=True)


def _update_source(box: Sandbox, interaction: Interaction, data: Json, files: list[Upload]) -> None:
    assert interaction.message_id is not None
    check_data(data, files, keeps=True)
    message = box.world.find_message(interaction.channel_id, interaction.message_id)
    if message is None:
        raise ApiError(10008)
    if data:
        edit_message(box, message, data, files)
    interaction.original_id = message.id


def _checked_choices(interaction: Interaction, data: Json) -> list[Json]:
    form = Form()
    choices = form.rows(data, "choices", 25, required=True)
    kind = _focused_type(interaction.payload["data"].get("options") or [])
    for index, choice in enumerate(choices):
        with form.at("choices", index):
            check_choice(form, choice, kind)
    form.finish()
    return choices


def _focused_type(options: list[Json]) -> int:
    for option in options:
        if option.get("focused"):
            return int(option["type"])
        if option.get("options"):
            return _focused_type(option["options"])
    return STRING


def resolve_edit(
    box: Sandbox, interaction: Interaction, message: Message, body: Json, files: list[Upload]
) -> None:
    """Edit a reply or the clicked message; one that was "thinking" now shows an answer."""
    check_data(body, files, keeps=True)
    loading = message.flags & LOADING
    message.flags &= ~LOADING
    try:
        edit_message(box, message, body, files)
    except ApiError:
        message.flags |= loading
        raise
    if loading:
        message.edited = None
        waited = round((time.monotonic() - interaction.sent) * 1000, 1)
        box.happenings.change(interaction.happening, answered_ms=waited)
    if message.id == interaction.original_id:
        interaction.thinking = False
    interaction.announce()


def callback_json(box: Sandbox, interaction: Interaction) -> Json:
    """Describe the callback, for `with_response=true`."""
    resource: Json = {"type": interaction.ack_type}
    original = interaction.original_id
    message = box.world.find_message(interaction.channel_id, original) if original else None
    if message is not None and interaction.ack_type in {REPLY, DEFER_REPLY, UPDATE, DEFER_UPDATE}:
        resource["message"] = message_json(box.world, message, box.app_id)
    body: Json = {
        "id": str(interaction.id),
        "type": interaction.type,
        "response_message_id": str(original) if original else None,
        "response_message_loading": interaction.thinking,
        "response_message_ephemeral": bool(message and message.flags & EPHEMERAL),
        "channel_id": str(interaction.channel_id),
        "created_at": timestamp(time.time()),
    }
    return {"interaction": body, "resource": resource}
