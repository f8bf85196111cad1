"""Discord's messages as HTML, for looking at them before they are sent.

They cover our own messages only: escaped text, timestamps, mentions of roles, addresses.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from games.typed.values import spell_out

register = template.Library()

LINK = '<a href="{}" rel="noopener nofollow" target="_blank">{}</a>'

_PART = re.compile(
    r"\\(?P<escaped>[^A-Za-z0-9\s])"
    r"|<t:(?P<seconds>-?\d{1,12})(?::(?P<style>[tTdDfFR]))?>"
    r"|<@&(?P<role>\d{1,20})>"
    r"|(?P<everyone>@everyone)"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<target>https?://[^\s()]+)\)"
    r"|(?P<address>https?://[A-Za-z0-9.:/?#@!$&'+,;=%_-]+)"
    r"|(?P<line>\n)"
)


@register.filter
def discord_text(text: str, roles: Mapping[int, str]) -> SafeString:
    """Show the text as Discord does; `roles` are names by id."""
    pieces, end = [], 0
    for match in _PART.finditer(text):
        pieces += [conditional_escape(text[end : match.start()]), _part(match, roles)]
        end = match.end()
    pieces.append(conditional_escape(text[end:]))
    return mark_safe("".join(pieces))  # noqa: S308  (each piece is escaped or made here)


def _part(match: re.Match[str], roles: Mapping[int, str]) -> SafeString:
    kind, value = match.lastgroup, match[0]
    if match["seconds"]:
        return _time(int(match["seconds"]), match["style"] or "f")
    if kind == "escaped":
        return conditional_escape(match["escaped"])
    if kind == "target":
        return format_html(LINK, match["target"], match["label"])
    if kind == "line":
        return mark_safe("<br>")
    if kind == "address":
        return format_html(LINK, value, value)
    name = roles.get(int(match["role"]), "?") if kind == "role" else "everyone"
    return format_html('<span class="discord-mention">@{}</span>', name)


def _time(seconds: int, style: str) -> SafeString:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return SafeString("?")
    if style == "R":
        return format_html(
            '<span class="discord-time" data-relative="{}"></span>', moment.isoformat()
        )
    return format_html(
        '<time class="discord-time" datetime="{}" data-when="full" data-zone="">{}</time>',
        moment.isoformat(),
        f"{spell_out(moment, 'UTC')} UTC",
    )


@register.filter
def embed_color(color: int) -> str:
    return f"#{color:06x}"


@register.filter
def discord_rows(components: list[dict[str, object]]) -> SafeString:
    """Show buttons and selects as they look; they do nothing here."""
    parts: list[tuple[str, object]] = []
    for row in components:
        items: object = row["components"]
        assert isinstance(items, list)
        for item in items:
            is_select = item["type"] == 3
            kind = "select" if is_select else str(item["style"])
            parts.append((kind, item["placeholder"] if is_select else item["label"]))
    return format_html_join("", '<span class="discord-button discord-button-{}">{}</span>', parts)
