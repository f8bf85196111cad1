"""Series of our own exports: the lines of their sessions, joined to the series they were.

A line stands for each session there was. The first that is still where the rule has it begins
the series anew; the others become its sessions. If none is, the rule's next date begins it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from games.exchange.imports import Event, Line, Session
from games.services.imports import MOST_SESSIONS
from when.repetitions import Pattern, Rule, count_before, next_dates


def joined(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, those of one series as one line in the place of its first."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        if line.event and line.event.own and line.event.own.rule:
            groups.setdefault(line.event.own.key, []).append(line)
    whole = {key: _series(sorted(group, key=_start)) for key, group in groups.items()}
    result = []
    for line in lines:
        own = line.event.own if line.event else None
        if own is None or own.rule is None:
            result.append(line)
        else:
            result += whole.pop(own.key, [])
    return result


def _start(line: Line) -> datetime:
    assert line.event is not None
    return line.event.starts_at


def _series(lines: Sequence[Line]) -> list[Line]:
    head = next((line for line in lines if _is_on_its_date(line)), None)
    first = _event(head or lines[0])
    assert first.own is not None and first.own.rule is not None
    rule, at = first.own.rule, first.own.starts_at
    others = [line for line in lines if line is not head]
    if head is None:
        following = _following(lines)
        if following is None:
            return list(lines)
        rule, at = following
    begun = replace(
        first,
        starts_at=at,
        zone=str(at.tzinfo),
        repeat=rule,
        is_cancelled=False,
        reason="",
        skipped=tuple(day for day in first.own.skipped if day > at.date()),
        values={name: value for name, value in first.values.items() if head or name != "post_at"},
        sessions=tuple(_session(_event(line)) for line in others[:MOST_SESSIONS]),
    )
    number = (head or lines[0]).number
    return [Line(number, first.title, begun), *map(_too_many, others[MOST_SESSIONS:])]


def _too_many(line: Line) -> Line:
    why = _("A series can be imported with %(most)d dates.") % {"most": MOST_SESSIONS}
    return replace(line, event=None, why=why)


def _event(line: Line) -> Event:
    assert line.event is not None
    return line.event


def _is_on_its_date(line: Line) -> bool:
    event = _event(line)
    assert event.own is not None
    return not event.is_cancelled and event.starts_at == event.own.starts_at


def _following(lines: Sequence[Line]) -> tuple[Rule, datetime] | None:
    """Return the rule from the date after the last session's on, and that date."""
    owns = [own for line in lines if (own := _event(line).own) is not None]
    own = max(owns, key=lambda own: own.day)
    assert own.rule is not None
    start = own.starts_at
    pattern = Pattern(own.rule, own.day, start.time(), str(start.tzinfo))
    dates = next_dates(pattern, len(own.skipped) + 1, after=own.day)
    kept = [one for one in dates if one.date not in own.skipped]
    if not kept:
        return None
    rule = own.rule
    if rule.count is not None:
        rule = replace(rule, count=rule.count - count_before(pattern, kept[0].date))
    return rule, kept[0].local


def _session(event: Event) -> Session:
    assert event.own is not None
    return Session(event.own.day, replace(event, repeat=None))
