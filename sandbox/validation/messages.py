"""Limits of messages: content, embeds, allowed mentions."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sandbox.errors import ApiError
from sandbox.validation.components import check_components
from sandbox.validation.fields import NO_OBJECT, REQUIRED, Form
from sandbox.world.state import Json

MAX_CONTENT = 2000
MAX_EMBEDS_TOTAL = 6000
EPHEMERAL, SUPPRESS_EMBEDS, SILENT, COMPONENTS_V2 = 64, 4, 4096, 32768
_URL = re.compile(r"^(https?|attachment)://\S+$")


def check_message(
    body: Json, *, files: int, keeps: bool = False, interaction: bool = False
) -> None:
    """Check a message; raises 50035 out of bounds, 50006 for an empty message.

    `keeps` is true for edits, where fields that are not named stay as they were.
    """
    form = Form()
    form.text(body, "content", MAX_CONTENT)
    _check_flags(form, body, interaction=interaction)
    embeds = form.rows(body, "embeds", 10)
    for index, embed in enumerate(embeds):
        with form.at("embeds", index):
            _check_embed(form, embed)
    _check_total(form, embeds)
    check_components(form, body)
    _check_allowed_mentions(form, body)
    if not keeps:
        _check_nonce(form, body)
    form.finish()
    if not keeps and not files and _is_empty(body):
        raise ApiError(50006)


def _is_empty(body: Json) -> bool:
    content = body.get("content") or ""
    embeds = [embed for embed in body.get("embeds") or [] if _has_substance(embed)]
    return not (content.strip() or embeds or body.get("components") or body.get("sticker_ids"))


def _has_substance(embed: Json) -> bool:
    parts = ("title", "description", "fields", "image", "thumbnail", "author", "footer", "url")
    return any(embed.get(part) for part in parts)


def _check_flags(form: Form, body: Json, *, interaction: bool) -> None:
    flags = body.get("flags")
    if flags is None:
        return
    if isinstance(flags, bool) or not isinstance(flags, int):
        form.error("flags", "NUMBER_TYPE_COERCE", f'Value "{flags}" is not int.')
    elif flags & COMPONENTS_V2:
        form.error("flags", "SANDBOX_UNSUPPORTED", "The sandbox does not know components v2.")
    elif flags & EPHEMERAL and not interaction:
        body["flags"] = flags & ~EPHEMERAL


def _check_nonce(form: Form, body: Json) -> None:
    nonce = body.get("nonce")
    if nonce is not None and (isinstance(nonce, bool) or not isinstance(nonce, int | str)):
        form.error("nonce", "NONCE_TYPE_INVALID", "Nonce must be an integer or a string.")
    elif isinstance(nonce, int):
        form.number(body, "nonce", -(2**63), 2**63 - 1)
    elif isinstance(nonce, str) and len(nonce) > 25:
        form.error("nonce", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")


def _check_embed(form: Form, embed: object) -> None:
    if not isinstance(embed, dict):
        form.error(None, *NO_OBJECT)
        return
    form.text(embed, "title", 256)
    form.text(embed, "description", 4096)
    form.number(embed, "color", 0, 0xFFFFFF)
    _check_url(form, embed, "url")
    _check_timestamp(form, embed)
    for part, field, longest in (("footer", "text", 2048), ("author", "name", 256)):
        if isinstance(embed.get(part), dict):
            with form.at(part):
                form.text(embed[part], field, longest, required=True)
                _check_url(form, embed[part], "icon_url")
                _check_url(form, embed[part], "url")
    for part in ("image", "thumbnail"):
        if isinstance(embed.get(part), dict):
            with form.at(part):
                _check_url(form, embed[part], "url")
    for index, field_body in enumerate(form.rows(embed, "fields", 25)):
        with form.at("fields", index):
            form.text(field_body, "name", 256, required=True)
            form.text(field_body, "value", 1024, required=True)
    if not _has_substance(embed) and not form.found:
        form.error("description", *REQUIRED)


def _check_url(form: Form, body: Json, field: str) -> None:
    value = body.get(field)
    if value is not None and (not isinstance(value, str) or not _URL.match(value)):
        form.error(field, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    elif value is not None and len(value) > 2048:
        form.error(field, "BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.")


def _check_timestamp(form: Form, embed: Json) -> None:
    if (value := embed.get("timestamp")) is None:
        return
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        message = f'Could not parse "{value}". Should be ISO8601.'
        form.error("timestamp", "DATE_TIME_TYPE_PARSE", message)


def _check_total(form: Form, embeds: list[Any]) -> None:
    total = sum(embed_length(embed) for embed in embeds if isinstance(embed, dict))
    if total > MAX_EMBEDS_TOTAL:
        message = f"Embed size exceeds maximum size of {MAX_EMBEDS_TOTAL}"
        form.error("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)


def embed_length(embed: Json) -> int:
    """Count the characters of an embed that go into the 6000 of a message."""
    texts: list[Any] = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or []:
        texts += [field.get("name"), field.get("value")]
    return sum(len(text.strip()) for text in texts if isinstance(text, str))


def _check_ids(form: Form, allowed: Json, kind: str) -> None:
    ids = form.distinct(allowed, kind, 100)
    with form.at(kind):
        for index, snowflake in enumerate(ids):
            form.id({str(index): snowflake}, str(index), required=True)


def _check_allowed_mentions(form: Form, body: Json) -> None:
    allowed = body.get("allowed_mentions")
    if allowed is None:
        return
    if not isinstance(allowed, dict):
        form.error("allowed_mentions", *NO_OBJECT)
        return
    with form.at("allowed_mentions"):
        parse = form.distinct(allowed, "parse", 1521)
        for kind in ("users", "roles"):
            _check_ids(form, allowed, kind)
            if kind in parse and allowed.get(kind):
                message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
                form.error(None, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
        for index, value in enumerate(parse):
            if value not in {"users", "roles", "everyone"}:
                message = "Value must be one of ('users', 'roles', 'everyone')."
                with form.at("parse"):
                    form.error(index, "BASE_TYPE_CHOICES", message)
