"""A month as a calendar shows it: whole weeks of days, in one time zone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import FilteredRelation, Q, QuerySet

from games.browse.rows import game_address
from games.enums import Answer
from games.models import Game
from guilds.models import User

FIRST_YEAR, LAST_YEAR = 1990, 2150
# A month with more games shows the first so many.
MOST_GAMES = 600
SHOWN_A_DAY = 3


@dataclass(frozen=True)
class Month:
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    def moved(self, months: int) -> "Month | None":
        """Return the month that many months later, None outside the years that calendars show."""
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1) if FIRST_YEAR <= year <= LAST_YEAR else None


def read_month(text: str, today: date) -> Month:
    """Read a text like "2026-11". Anything else is the present month."""
    year, _dash, number = text.partition("-")
    if not (len(text) == 7 and text.isascii() and year.isdecimal() and number.isdecimal()):
        return Month(today.year, today.month)
    is_real = FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(number) <= 12
    return Month(int(year), int(number)) if is_real else Month(today.year, today.month)


@dataclass(frozen=True)
class Entry:
    """A game in a day's cell, as plain values; `answer` is the viewer's own."""

    is_hosting: bool
    answer: str
    id: int
    guild_id: int
    title: str
    starts_at: datetime
    status: str
    revision: int

    @property
    def address(self) -> str:
        return game_address(self.guild_id, self.id)

    @property
    def mark(self) -> str:
        """Return the class of the viewer's own games, empty for others'."""
        if self.is_hosting or self.answer == Answer.GOING:
            return "entry-mine"
        return "entry-maybe" if self.answer == Answer.MAYBE else ""


@dataclass(frozen=True)
class Day:
    """A day's cell in plain values, so that equal days are rendered once."""

    date: date
    is_today: bool
    is_outside: bool
    entries: tuple[Entry, ...] = ()

    @property
    def iso(self) -> str:
        return self.date.isoformat()

    @property
    def count(self) -> int:
        return len(self.entries)

    @property
    def shown(self) -> tuple[Entry, ...]:
        return self.entries if self.count <= SHOWN_A_DAY + 1 else self.entries[:SHOWN_A_DAY]

    @property
    def more(self) -> int:
        return self.count - len(self.shown)


@dataclass(frozen=True)
class Grid:
    """The whole weeks of a month. The first and the last have days of the months beside it."""

    month: Month
    first_weekday: int
    zone: ZoneInfo

    @property
    def first_date(self) -> date:
        first = self.month.first_day
        return first - timedelta(days=(first.weekday() - self.first_weekday) % 7)

    @property
    def dates(self) -> list[date]:
        after = self.month.moved(1)
        end = after.first_day if after else date(LAST_YEAR + 1, 1, 1)
        # Rounded up to whole weeks.
        weeks = -(-(end - self.first_date).days // 7)
        return [self.first_date + timedelta(days=n) for n in range(weeks * 7)]

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.first_date, time(), self.zone)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.dates[-1] + timedelta(days=1), time(), self.zone)

    def weeks(self, entries: Sequence[Entry], today: date) -> list[list[Day]]:
        by_date: defaultdict[date, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_date[entry.starts_at.astimezone(self.zone).date()].append(entry)
        days = [
            Day(
                date=day,
                is_today=day == today,
                is_outside=(day.year, day.month) != (self.month.year, self.month.number),
                entries=tuple(by_date[day]),
            )
            for day in self.dates
        ]
        return [days[i : i + 7] for i in range(0, len(days), 7)]


def entries_of(games: QuerySet[Game], viewer: User) -> list[Entry]:
    """Return the games soonest first, in one query; one more than are shown if there are more."""
    own = FilteredRelation("participants", condition=Q(participants__user=viewer))
    rows = (
        games.alias(own=own)
        .order_by("starts_at", "id")
        .values_list(
            *("host_id", "own__answer"),
            *("id", "guild_id", "title", "starts_at", "status", "revision"),
        )
    )
    return [
        Entry(host_id == viewer.id, answer or "", *values)
        for host_id, answer, *values in rows[: MOST_GAMES + 1]
    ]
