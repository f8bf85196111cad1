"""New, edited and deleted messages, announced to the bot and the page."""

from __future__ import annotations

import base64
import copy
import time
from dataclasses import dataclass

from sandbox.errors import ApiError, invalid_form
from sandbox.gateway.sessions import Intent
from sandbox.validation.messages import EPHEMERAL, SILENT, SUPPRESS_EMBEDS, check_message
from sandbox.validation.selects import SELECTS
from sandbox.world.core import Sandbox
from sandbox.world.mentions import find_mentions
from sandbox.world.present import member_json, message_json
from sandbox.world.snowflakes import snowflake_time
from sandbox.world.state import Channel, Json, Message

# Plain messages, replies, and answers to commands: not the notes that Discord writes itself.
REPLYABLE = frozenset({0, 19, 20, 23})


@dataclass
class Upload:
    """A file that came with a request; `key` is its form field, `files[0]`."""

    key: str
    filename: str
    content_type: str
    data: bytes

    @property
    def index(self) -> str:
        return self.key.removeprefix("files[").removesuffix("]")


@dataclass
class Origin:
    """The origin of a message that is not a plain post of its author."""

    webhook: bool = False
    interaction: Json | None = None
    token: str | None = None
    ephemeral_for: int | None = None
    type: int = 0
    flags: int = 0


def create_message(
    box: Sandbox,
    channel: Channel,
    author_id: int,
    body: Json,
    files: list[Upload],
    origin: Origin | None = None,
) -> Message:
    """Store and announce a message whose body was already checked."""
    origin = origin or Origin()
    message_id = box.next_id()
    content = (body.get("content") or "").strip()
    allowed = body.get("allowed_mentions")
    if allowed is None and origin.webhook:  # a webhook mentions nobody else unless told to
        allowed = {"parse": ["users"]}
    found = find_mentions(box.world, channel, author_id, content, allowed)
    message = Message(
        id=message_id,
        channel_id=channel.id,
        author_id=author_id,
        content=content,
        components=_numbered(body.get("components") or []),
        attachments=_attach(box, channel, body, files, []),
        flags=int(body.get("flags") or 0) & (SUPPRESS_EMBEDS | SILENT) | origin.flags,
        type=origin.type,
        created=snowflake_time(message_id),
        nonce=body.get("nonce"),
        mentions=found.users,
        mention_roles=found.roles,
        mention_everyone=found.everyone,
        pings=[] if origin.flags & EPHEMERAL else found.pings,
        tts=bool(body.get("tts")),
        webhook=origin.webhook,
        interaction=origin.interaction,
        ephemeral_for=origin.ephemeral_for,
        interaction_token=origin.token,
    )
    message.embeds = _clean_embeds(body.get("embeds") or [], message.attachments)
    _reference(box, channel, message, body)
    box.world.messages.setdefault(channel.id, {})[message.id] = message
    if message.ephemeral_for is None:
        channel.last_message_id = message.id
    announce_message(box, "MESSAGE_CREATE", message)
    return message


def _reference(box: Sandbox, channel: Channel, message: Message, body: Json) -> None:
    reference = body.get("message_reference")
    if not reference:
        return
    target = int(reference.get("message_id") or 0)
    found = box.world.find_message(channel.id, target)
    if found is None or found.ephemeral_for is not None:
        if reference.get("fail_if_not_exists", True):
            raise invalid_form(
                "message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message"
            )
        return
    if found.type not in REPLYABLE:
        raise invalid_form(
            "message_reference",
            "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE",
            "Cannot reply to a system message",
        )
    message.type = 19
    message.reference = {"message_id": str(target), "channel_id": str(channel.id), "type": 0}


def edit_message(box: Sandbox, message: Message, body: Json, files: list[Upload]) -> None:
    """Change the fields the body names; an edit pings nobody."""
    channel = box.channel(message.channel_id)
    changed = copy.copy(message)
    if "content" in body:
        changed.content = (body["content"] or "").strip()
    if "components" in body:
        changed.components = _numbered(body["components"] or [])
    if "attachments" in body or files:
        changed.attachments = _attach(box, channel, body, files, message.attachments)
    if "embeds" in body:
        changed.embeds = _clean_embeds(body["embeds"] or [], changed.attachments)
    if isinstance(body.get("flags"), int):
        changed.flags = message.flags & ~SUPPRESS_EMBEDS | body["flags"] & SUPPRESS_EMBEDS
    if not (changed.content or changed.embeds or changed.components or changed.attachments):
        raise ApiError(50006)
    if "content" in body or "allowed_mentions" in body:
        allowed = body.get("allowed_mentions")
        found = find_mentions(box.world, channel, message.author_id, changed.content, allowed)
        changed.mentions, changed.mention_roles = found.users, found.roles
        changed.mention_everyone = found.everyone
    changed.edited = time.time()
    changed.edits += 1
    message.__dict__.update(changed.__dict__)
    announce_message(box, "MESSAGE_UPDATE", message)


def delete_message(box: Sandbox, message: Message) -> None:
    """Remove a message; a thread started from it stays."""
    box.world.messages.get(message.channel_id, {}).pop(message.id, None)
    channel = box.world.channels.get(message.channel_id)
    if message.ephemeral_for is None and channel is not None:
        body = {"id": str(message.id), "channel_id": str(message.channel_id)}
        if channel.guild_id:
            body["guild_id"] = str(channel.guild_id)
        _dispatch(box, "MESSAGE_DELETE", body, channel)
    box.hub.tell_page(
        "message.delete", channel_id=str(message.channel_id), message_id=str(message.id)
    )


def announce_message(box: Sandbox, event: str, message: Message) -> None:
    """Send MESSAGE_CREATE or MESSAGE_UPDATE; ephemeral messages are shown on the page only."""
    channel = box.channel(message.channel_id)
    if message.ephemeral_for is None:
        body = message_json(box.world, message, box.app_id)
        hidden = {**body, "content": "", "embeds": [], "attachments": [], "components": []}
        for shown in (body, hidden):
            _add_guild(box, shown, message, channel)
        sees = (
            channel.guild_id is None
            or message.author_id == box.app_id
            or box.app_id in message.mentions
        )
        _dispatch(box, event, body, channel, None if sees else hidden)
    box.hub.tell_page(
        event.lower().replace("_", "."),
        channel_id=str(channel.id),
        message_id=str(message.id),
        for_user=str(message.ephemeral_for) if message.ephemeral_for else None,
        pings=[str(user) for user in message.pings],
    )


def _add_guild(box: Sandbox, body: Json, message: Message, channel: Channel) -> None:
    if channel.guild_id is None:
        return
    body["guild_id"] = str(channel.guild_id)
    member = box.world.member(channel.guild_id, message.author_id)
    if member is not None:
        body["member"] = member_json(box.world, member, with_user=False)


def _dispatch(
    box: Sandbox, event: str, body: Json, channel: Channel, hidden: Json | None = None
) -> None:
    if channel.guild_id is None:
        if box.app_id in channel.recipients:
            box.hub.dispatch(event, body, None, intent=Intent.DIRECT_MESSAGES)
    elif box.world.member(channel.guild_id, box.app_id):
        box.hub.dispatch(
            event,
            body,
            channel.guild_id,
            intent=Intent.GUILD_MESSAGES,
            without_content=hidden,
        )


def post_message(
    box: Sandbox, channel: Channel, author_id: int, body: Json, files: list[Upload]
) -> tuple[Message, bool]:
    """Check and create, honouring `enforce_nonce`. Returns the message and whether it is new."""
    check_message(body, files=len(files))
    nonce = body.get("nonce")
    key = (author_id, str(nonce))
    if nonce is not None and body.get("enforce_nonce"):
        earlier = box.nonces.get(key)
        if earlier and time.monotonic() - earlier[0] <= box.knobs.nonce_window:
            found = box.world.find_message(earlier[1], earlier[2])
            if found is not None:
                return found, False
    message = create_message(box, channel, author_id, body, files)
    if nonce is not None:
        box.nonces[key] = (time.monotonic(), channel.id, message.id)
    return message, True


def open_dm(box: Sandbox, first: int, second: int) -> Channel:
    """Return the DM channel of two users, made if need be; bots get no event of it."""
    channel = box.world.dm_between(first, second)
    if channel is None:
        channel = Channel(id=box.next_id(), type=1, recipients=[first, second])
        box.world.channels[channel.id] = channel
        box.world.dms[frozenset((first, second))] = channel.id
        box.hub.tell_page("channel.create", channel_id=str(channel.id))
    return channel


def _attach(
    box: Sandbox, channel: Channel, body: Json, files: list[Upload], before: list[Json]
) -> list[Json]:
    named = body.get("attachments")
    kept = {str(one.get("id")) for one in named} if isinstance(named, list) else None
    result = [one for one in before if kept is None or one["id"] in kept]
    details = {str(one.get("id")): one for one in named} if isinstance(named, list) else {}
    result += [store_file(box, channel, one, details.get(one.index, {})) for one in files]
    return result


def store_file(box: Sandbox, channel: Channel, upload: Upload, detail: Json) -> Json:
    """Keep an uploaded file and return it as an attachment; `detail` may name and describe it."""
    filename = detail.get("filename") or upload.filename
    attachment_id = str(box.next_id())
    path = f"{channel.id}/{attachment_id}/{filename}"
    box.world.files[path] = base64.b64encode(upload.data).decode()
    url = f"{box.base_url}/cdn/attachments/{path}"
    return {
        "id": attachment_id,
        "filename": filename,
        "description": detail.get("description"),
        "content_type": upload.content_type,
        "size": len(upload.data),
        "url": url,
        "proxy_url": url,
    }


def _clean_embeds(embeds: list[Json], attachments: list[Json]) -> list[Json]:
    urls = {f"attachment://{one['filename']}": one["url"] for one in attachments}
    cleaned = []
    for embed in embeds:
        shown = {key: value for key, value in embed.items() if value not in (None, "", [])}
        shown["type"] = "rich"
        for part in ("title", "description"):
            if isinstance(shown.get(part), str):
                shown[part] = shown[part].strip()
        for part in ("image", "thumbnail"):
            if isinstance(shown.get(part), dict):
                url = urls.get(shown[part].get("url"), shown[part].get("url"))
                shown[part] = {"url": url, "proxy_url": url, "width": 0, "height": 0}
        if "fields" in shown:
            shown["fields"] = [
                {"name": f["name"], "value": f["value"], "inline": bool(f.get("inline"))}
                for f in shown["fields"]
            ]
        cleaned.append(shown)
    return cleaned


def _numbered(rows: list[Json]) -> list[Json]:
    """Complete the components as Discord does, each with a number of its own."""
    numbered = copy.deepcopy(rows)
    counter = 0
    for row in numbered:
        counter += 1
        row.setdefault("id", counter)
        for part in row.get("components") or []:
            counter += 1
            part.setdefault("id", counter)
            if part.get("type") in SELECTS:
                part.setdefault("min_values", 1)
                part.setdefault("max_values", 1)
    return numbered
