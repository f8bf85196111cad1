"""Games and rosters as CSV for spreadsheets, in which no text is taken for a formula.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from games.exchange.export import GameWithRoster
from games.fields import FIELDS, Field
from games.models import Game
from games.rules import STANDINGS
from games.typed.fields import write_value

# A cell must not begin with these; the full-width ones are typed on East Asian keyboards.
_FORMULA = tuple("=+-@＝＋－＠")
# Without this mark, Excel assumes one of its old encodings.
MARK = "\ufeff".encode()
# The columns that an import reads back.
_FIELDS = tuple(field for field in FIELDS if field.table)
GAME_COLUMNS = (*(field.table for field in _FIELDS), "host", "status", *STANDINGS, "url")
ROSTER_COLUMNS = (
    "game", "title", "starts_at", "timezone", "standing", "place", "name", "discord_id", "slot",
    "joined_at", "attended",
)  # fmt: skip
type Row = Sequence[object]


def is_formula(text: str) -> bool:
    return text.startswith(("\t", "\r", "\n", "\0")) or text.lstrip().startswith(_FORMULA)


def games_table(pages: Iterable[Sequence[GameWithRoster]]) -> Iterator[bytes]:
    """Yield one line for each game, with the names in each list of its roster."""
    yield MARK + _table([GAME_COLUMNS])
    for page in pages:
        yield _table(_game_row(one) for one in page)


def rosters_table(pages: Iterable[Sequence[GameWithRoster]]) -> Iterator[bytes]:
    """Yield one line for everybody who answered."""
    yield MARK + _table([ROSTER_COLUMNS])
    for page in pages:
        yield _table(row for one in page for row in _roster_rows(one))


def _game_row(one: GameWithRoster) -> Row:
    game = one.game
    return (
        *(_text(field, game) for field in _FIELDS),
        one.host_name,
        game.status,
        *("; ".join(one.names(standing)) for standing in STANDINGS),
        f"{settings.SITE_URL}/g/{game.guild_id}/games/{game.id}/",
    )


def _text(field: Field, game: Game) -> str:
    if field.column == "starts_at":
        return _on_its_clocks(game)
    if field.column == "channel_id":
        return game.channel.name
    return write_value(field, getattr(game, field.column))


def _roster_rows(one: GameWithRoster) -> Iterator[Row]:
    game = one.game
    start = _on_its_clocks(game)
    for seat in one.seats:
        participant = seat.participant
        yield (
            game.id, game.title, start, game.timezone, seat.standing, seat.place, seat.name,
            participant.user.discord_id if participant.user else None,
            participant.slot.name if participant.slot else None,
            _in_utc(participant.joined_at),
            None if participant.attended is None else ("yes" if participant.attended else "no"),
        )  # fmt: skip


def _on_its_clocks(game: Game) -> str:
    """Return the start in the game's zone, with the offset if clocks show that time twice."""
    local = game.starts_at.astimezone(ZoneInfo(game.timezone))
    is_twofold = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local:%Y-%m-%d %H:%M}{f'{local:%:z}' if is_twofold else ''}"


def _in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _table(rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(
        [_cell(value) for value in row] for row in rows
    )
    return text.getvalue().encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if is_formula(text) else text
