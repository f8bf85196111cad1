"""Template tags for times, people, seats and icons."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy

from games.browse.filters import Filters, Offer
from games.browse.month import Day
from games.browse.rows import Fullness, GameRow, GuildSign
from games.selectors import avatar_url
from guilds.models import Guild, User
from when import length_in_words

register = template.Library()
register.filter("duration", length_in_words)

FORMATS = {
    "full": pgettext_lazy("date format", "l, j F Y, H:i"),
    "short": pgettext_lazy("date format", "D j M, H:i"),
}
TIME, MONTH, DAY, WEEKDAY = "H:i", "M", "j", "D"
TILE = """<p class="tile" aria-hidden="true">
    <time datetime="{0}" data-when="month" data-zone="{1}">{2}</time>
    <b><time datetime="{0}" data-when="day" data-zone="{1}">{3}</time></b>
    <time datetime="{0}" data-when="weekday" data-zone="{1}">{4}</time>
  </p>"""
MOST_PIPS = 20


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime, style: str = "full", zone: str = "") -> SafeString:
    """Render a `<time>` in the viewer's zone if it is known, else in `zone`.

    times.js rewrites it in the browser's zone and language, and adds the time in `zone`.
    """
    return _time_element(moment, style, zone, _own_zone(context) or zone, get_language())


def _own_zone(context: Context) -> str:
    """Return the viewer's zone, empty if unknown. Cards and days get it without a user."""
    return str(context.get("own_zone") or getattr(context.get("user"), "timezone", ""))


@lru_cache(maxsize=4096)
def _time_element(
    moment: datetime, style: str, zone: str, shown_in: str, _language: str | None
) -> SafeString:
    """Cached, because lists show the same moments many times. The language is part of the key."""
    local = moment.astimezone(_zone(shown_in))
    text = _clock(local.hour, local.minute) if style == "time" else _date(local, style)
    return format_html(
        '<time datetime="{}" data-when="{}" data-zone="{}">{}</time>',
        _in_utc(moment),
        style,
        zone,
        text,
    )


def _date(local: datetime, style: str) -> str:
    text = date_format(local, str(FORMATS[style]))
    return f"{text} ({str(local.tzinfo).replace('_', ' ')})" if style == "full" else text


@lru_cache(maxsize=24 * 60)
def _clock(hour: int, minute: int) -> str:
    return time_format(time(hour, minute), TIME)


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@register.simple_tag(takes_context=True)
def tile(context: Context, moment: datetime, zone: str) -> SafeString:
    """Render a card's calendar sheet: month, day and weekday, each as `when` does."""
    day = moment.astimezone(_zone(_own_zone(context) or zone)).date()
    return format_html(TILE, _in_utc(moment), zone, *_words_of(day, get_language()))


@lru_cache(maxsize=512)
def _words_of(day: date, _language: str | None) -> tuple[str, str, str]:
    return date_format(day, MONTH), date_format(day, DAY), date_format(day, WEEKDAY)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


@register.filter
def initials(name: str) -> str:
    """Return up to two letters to show in place of a missing picture."""
    words = [word for word in name.split() if word[0].isalnum()] or [name or "?"]
    return "".join(word[0] for word in words[:2]).upper()


@register.inclusion_tag("_avatar.html")
def avatar(name: str, url: str = "", size: str = "") -> dict[str, Any]:
    return {"name": name, "url": url, "size": size}


@register.simple_tag
def seats(taken: int, total: int) -> SafeString:
    """Render how full a game is: one mark for each seat, or a bar for more than `MOST_PIPS`."""
    return _seats_element(min(taken, total), total, get_language())


@lru_cache(maxsize=1024)
def _seats_element(taken: int, total: int, _language: str | None) -> SafeString:
    pips = [number < taken for number in range(total)] if total <= MOST_PIPS else []
    context = {"taken": taken, "total": total, "pips": pips}
    return render_to_string("_seats.html", context)


@register.simple_tag(takes_context=True)
def card(context: Context, row: GameRow, *, show_guild: bool = False) -> SafeString:
    """Render a game in a list."""
    return _card_element(row, show_guild, _own_zone(context), get_language())


@lru_cache(maxsize=512)
def _card_element(
    row: GameRow, show_guild: bool, own_zone: str, _language: str | None
) -> SafeString:
    """Render the card from the arguments alone, which are the key of the cache.

    When one game changes, every open list is fetched again, with all other cards unchanged.
    """
    context = {"row": row, "game": row.game, "show_guild": show_guild, "own_zone": own_zone}
    return render_to_string("games/_card.html", context)


@register.simple_tag
def card_side(row: GameRow) -> SafeString:
    """Render how full a game is and where the viewer stands."""
    return _side_element(row.fullness, get_language())


@lru_cache(maxsize=1024)
def _side_element(fullness: Fullness, _language: str | None) -> SafeString:
    return render_to_string("games/_card_side.html", {"it": fullness, "roster": fullness.roster})


@register.simple_tag(takes_context=True)
def month_day(context: Context, day: Day, zone: str, day_query: str) -> SafeString:
    """Render a day's cell in a month; `zone` decides when a day begins."""
    return _day_element(day, zone, day_query, _own_zone(context), get_language())


@lru_cache(maxsize=512)
def _day_element(
    day: Day, zone: str, day_query: str, own_zone: str, _language: str | None
) -> SafeString:
    address = f"?{day_query}&day={day.iso}" if day_query else f"?day={day.iso}"
    context = {"day": day, "zone": zone, "address": address, "own_zone": own_zone}
    return render_to_string("games/_month_day.html", context)


@register.simple_tag
def filter_form(guild_id: int, filters: Filters, offer: Offer) -> SafeString:
    """Render the form that filters a server's games, which changes as rarely as its channels."""
    return _filter_form(guild_id, filters, offer, get_language())


@lru_cache(maxsize=64)
def _filter_form(
    guild_id: int, filters: Filters, offer: Offer, _language: str | None
) -> SafeString:
    context = {"guild_id": guild_id, "filters": filters, "offer": offer}
    return render_to_string("games/_filters.html", context)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, label: str = "") -> SafeString:
    """Render an icon of the sprite. Without a label it is hidden from screen readers."""
    url = f"{static('img/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, url
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', url)


@register.inclusion_tag("_avatar.html")
def own_avatar(user: User) -> dict[str, Any]:
    url = avatar_url(user) if user.discord_id else ""
    return {"name": user.name, "url": url, "size": "small"}


@register.simple_tag
def guild_icon_url(guild: Guild | GuildSign) -> str:
    return f"{settings.DISCORD_CDN_URL}/icons/{guild.id}/{guild.icon}.png?size=96"
