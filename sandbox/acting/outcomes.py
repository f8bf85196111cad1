"""The outcome of an interaction, as the person and the test see it."""

from __future__ import annotations

from sandbox.world.core import Interaction, Sandbox
from sandbox.world.interactions import (
    CHOICES,
    DEFER_REPLY,
    wait_for_ack,
    wait_for_reply,
)
from sandbox.world.present import message_json
from sandbox.world.state import Json, Message

DID_NOT_RESPOND = "The application did not respond"


async def settle(
    box: Sandbox, interaction: Interaction, *, follow: bool = False, patience: float = 5.0
) -> Json:
    """Wait for the acknowledgement, and for a deferred reply; then describe the outcome.

    `follow` waits for a follow-up even when the click was acknowledged by updating its message.
    """
    await wait_for_ack(box, interaction)
    if interaction.acked is not None and (follow or interaction.ack_type == DEFER_REPLY):
        await wait_for_reply(interaction, patience)
    return describe(box, interaction)


def describe(box: Sandbox, interaction: Interaction) -> Json:
    """Describe the outcome so far."""
    messages = [
        seen_json(box, message)
        for message_id in interaction.replies
        if (message := box.world.find_message(interaction.channel_id, message_id))
    ]
    source = None
    if interaction.message_id:
        found = box.world.find_message(interaction.channel_id, interaction.message_id)
        source = seen_json(box, found) if found else None
    return {
        "interaction_id": str(interaction.id),
        "kind": interaction.type,
        "user_id": str(interaction.user_id),
        "channel_id": str(interaction.channel_id),
        "guild_id": str(interaction.guild_id) if interaction.guild_id else None,
        "name": interaction.payload["data"].get("name"),
        "custom_id": interaction.payload["data"].get("custom_id"),
        "acked": interaction.acked is not None,
        "acked_after_ms": interaction.acked_after_ms,
        "type": interaction.ack_type,
        "thinking": interaction.thinking,
        "messages": messages,
        "source": source,
        "modal": interaction.modal,
        "choices": interaction.choices if interaction.ack_type == CHOICES else None,
        "error": DID_NOT_RESPOND if interaction.sealed and interaction.acked is None else None,
        "late_callbacks": interaction.late_callbacks,
        "double_callbacks": interaction.double_callbacks,
        "replays": interaction.replays,
        "token": interaction.token,
    }


def seen_json(box: Sandbox, message: Message) -> Json:
    """Describe a message, with its pings and its only reader, which Discord does not tell."""
    return message_json(box.world, message, box.app_id) | {
        "pings": [str(user) for user in message.pings],
        "ephemeral": message.ephemeral_for is not None,
        "ephemeral_for": str(message.ephemeral_for) if message.ephemeral_for else None,
        "edits": message.edits,
    }
