"""Games and rosters as CSV for spreadsheets, in which no text is taken for a formula.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from django.conf import settings

from games.exchange.export import GameWithRoster
from games.exchange.own.cells import COLUMNS, Names, cells_of, on_its_clocks
from games.rules import STANDINGS

# Spreadsheets cut lines at one of these, whichever their country or person chose, and take a cell
# for a formula if it begins with one of those, quoted or not; the full-width ones are typed on
# East Asian keyboards. Each part that may become a cell gets an apostrophe, which `unguarded`
# takes off.
_CUT = r"(^|[,;\t|\r\n])"
_FORMULA = r"(?:\"|[^\S\t\r\n])*[=+\-@＝＋－＠\0]"
_UNGUARDED = re.compile(rf"{_CUT}(?='*{_FORMULA})")
_GUARDED = re.compile(rf"{_CUT}'(?='*{_FORMULA})")
# Without this mark, Excel assumes one of its old encodings.
MARK = "\ufeff".encode()
GAME_COLUMNS = (*COLUMNS, "host", *STANDINGS, "url")
ROSTER_COLUMNS = (
    "game", "title", "starts_at", "timezone", "standing", "place", "name", "discord_id", "slot",
    "joined_at", "attended",
)  # fmt: skip
type Row = Sequence[object]


def guarded(text: str) -> str:
    """Return the text, of which no spreadsheet takes any part for a formula."""
    return _UNGUARDED.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """Return the text that was guarded."""
    return _GUARDED.sub(r"\1", text)


def games_table(pages: Iterable[Sequence[GameWithRoster]], names: Names) -> Iterator[bytes]:
    """Yield one line for each game, with the names in each list of its roster."""
    yield MARK + _table([GAME_COLUMNS])
    for page in pages:
        yield _table(_game_row(one, names) for one in page)


def rosters_table(pages: Iterable[Sequence[GameWithRoster]]) -> Iterator[bytes]:
    """Yield one line for everybody who answered."""
    yield MARK + _table([ROSTER_COLUMNS])
    for page in pages:
        yield _table(row for one in page for row in _roster_rows(one))


def _game_row(one: GameWithRoster, names: Names) -> Row:
    game = one.game
    return (
        *cells_of(one, names).values(),
        one.host_name,
        *("; ".join(one.names(standing)) for standing in STANDINGS),
        f"{settings.SITE_URL}/g/{game.guild_id}/games/{game.id}/",
    )


def _roster_rows(one: GameWithRoster) -> Iterator[Row]:
    game = one.game
    start = on_its_clocks(game.starts_at, game.timezone)
    for seat in one.seats:
        participant = seat.participant
        yield (
            game.id, game.title, start, game.timezone, seat.standing, seat.place, seat.name,
            participant.user.discord_id if participant.user else None,
            participant.slot.name if participant.slot else None,
            _in_utc(participant.joined_at),
            None if participant.attended is None else ("yes" if participant.attended else "no"),
        )  # fmt: skip


def _in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _table(rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(
        [_cell(value) for value in row] for row in rows
    )
    return text.getvalue().encode()


def _cell(value: object) -> str:
    return guarded("" if value is None else str(value))
