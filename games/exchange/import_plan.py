"""The plan of an import: the game that each line of a file would make.

Nothing is stored between the two steps. The browser sends the plan back, signed for this person
and server, so that the games made are the games shown.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core import signing
from django.utils.translation import gettext as _

from games.enums import Status
from games.exchange.ics.dates import listed
from games.exchange.import_names import Reader
from games.exchange.imports import Event, Line, Session
from games.fields import BY_COLUMN
from games.forms.choices import ChannelChoice, Choices
from games.models import Game
from games.new_game import NewGame
from games.services.imports import Imported, prepare_imported
from guilds.errors import Refused
from guilds.models import Member
from when.repetitions import describe

VALID_SECONDS = 60 * 60
# In bytes: what a form may carry (`DATA_UPLOAD_MAX_MEMORY_SIZE`), less its other fields.
MOST_CARRIED = 900_000


@dataclass(frozen=True)
class Planned:
    """A line, with the game it would make (unsaved) and how to make it, or why it makes none.

    `notes` say what of the line is not kept, or differs from what its time and repetition say.
    """

    number: int
    title: str
    game: Game | None = None
    new: Imported | None = None
    why: str = ""
    notes: tuple[str, ...] = ()

    @property
    def repeats(self) -> str:
        """The repetition in words, empty if there is none."""
        rule = self.new.new.repeat if self.new else None
        return describe(rule) if rule else ""


@dataclass(frozen=True)
class Wishes:
    """The form's choices for all games. They are announced at once if `announce_days` is None."""

    channel_id: int
    announce_days: int | None


def plan_lines(
    lines: Sequence[Line], *, choices: Choices, wishes: Wishes, now: datetime
) -> list[Planned]:
    """Check each line as creating its game would."""
    there = _games_there(choices.member, lines)
    planned = []
    for line in lines:
        one = _plan(line, choices, wishes, now)
        if one.game is not None:
            is_cancelled = bool(one.new and one.new.is_cancelled)
            key = (one.game.title, one.game.starts_at, is_cancelled)
            if key in there:
                one = Planned(line.number, line.title, why=_("That game is there already."))
            there.add(key)
        planned.append(one)
    return planned


def _games_there(member: Member, lines: Sequence[Line]) -> set[tuple[str, datetime, bool]]:
    """Return title and start of existing games, so that a file taken twice makes nothing twice.

    A game that was cancelled is there only for one that is cancelled in the file too.
    """
    starts = {line.event.starts_at for line in lines if line.event}
    games = Game.objects.filter(guild=member.guild, starts_at__in=starts)
    return {
        (title, start, status == Status.CANCELLED)
        for title, start, status in games.values_list("title", "starts_at", "status")
    }


def _plan(line: Line, choices: Choices, wishes: Wishes, now: datetime) -> Planned:
    if line.event is None:
        return Planned(line.number, line.title, why=line.why)
    reader = Reader(choices)
    try:
        new = _imported(line.event, reader, wishes, now)
    except Refused as refused:
        return Planned(line.number, line.title, why=refused.message)
    notes = (*dict.fromkeys(reader.notes), *_differences(line.event))
    return replace(_prepared(choices.member, line.number, line.title, new), notes=notes)


def _prepared(member: Member, number: int, title: str, new: Imported) -> Planned:
    try:
        game = prepare_imported(member, new)
    except Refused as refused:
        return Planned(number, title, why=refused.message)
    return Planned(number, game.title, game, new)


def _differences(event: Event) -> Iterator[str]:
    """Yield what differs from the repetition, by date."""
    if event.is_cancelled:
        yield _("It is created as a cancelled game, and nobody is told.")
    if event.skipped:
        yield _("Dates skipped: %(dates)s.") % {"dates": listed(event.skipped)}
    gone = [one.day for one in event.sessions if one.event.is_cancelled]
    if gone:
        yield _("Dates cancelled: %(dates)s.") % {"dates": listed(gone)}
    own = [one.event.starts_at for one in event.sessions if not one.event.is_cancelled]
    if own:
        yield _("Dates of their own: %(dates)s.") % {"dates": listed(start.date() for start in own)}


def _imported(event: Event, reader: Reader, wishes: Wishes, now: datetime) -> Imported:
    written = reader.read(event.written)
    unchosen = {name: written.pop(name) for name in list(written) if not _is_chosen(name)}
    values = {**event.values, **written}
    post_at = values.pop("post_at", None)
    if post_at is None and wishes.announce_days is not None:
        post_at = event.starts_at - timedelta(days=wishes.announce_days)
    own = event.own
    new = NewGame(
        channel_id=_channel(event.channel, reader.choices, wishes).channel.id,
        title=event.title,
        starts_at=event.starts_at,
        timezone=event.zone,
        post_at=post_at if post_at and post_at > now else None,
        repeat=event.repeat,
        carry_over=bool(own and own.carry_over),
        ask_host=bool(own and own.ask_host),
        **values,
    )
    sessions = ((one.day, _session(one, reader, wishes, now)) for one in event.sessions)
    return Imported(new, event.is_cancelled, event.reason, unchosen, event.skipped, tuple(sessions))


def _session(session: Session, reader: Reader, wishes: Wishes, now: datetime) -> Imported:
    """Return the session, announced when the one before it starts unless the form says when."""
    imported = _imported(session.event, reader, wishes, now)
    moment = session.announced_at
    is_open = imported.new.post_at is None and wishes.announce_days is None
    if is_open and moment and now < moment < imported.new.starts_at:
        return replace(imported, new=replace(imported.new, post_at=moment))
    return imported


def _is_chosen(column: str) -> bool:
    return BY_COLUMN[column].is_chosen


def _channel(name: str, choices: Choices, wishes: Wishes) -> ChannelChoice:
    """Return the channel of that name or id, else the one chosen for all. Raises `Refused`."""
    wanted = name.strip().strip("<#>").casefold()
    found = [
        choice
        for choice in choices.channels
        if (wanted in {choice.channel.name.casefold(), str(choice.channel.id)})
        or (not wanted and choice.channel.id == wishes.channel_id)
    ]
    if not found:
        raise Refused(_("That channel is not one of this server's."), field="channel")
    if len(found) > 1:
        raise Refused(_("Several channels have that name: write the id."), field="channel")
    if found[0].missing:
        raise Refused(
            _("I can't announce in that channel: I lack %(permissions)s there.")
            % {"permissions": found[0].missing},
            field="channel",
        )
    return found[0]


def counts(planned: Sequence[Planned]) -> Mapping[bool, int]:
    """Count the lines that make a game (True) and those that do not (False)."""
    return Counter(one.new is not None for one in planned)


# --- Between the two steps -----------------------------------------------------------------------


def sign_plan(member: Member, planned: Sequence[Planned]) -> str:
    """Return the signed plan. Raises `Refused` if it is more than a form may carry."""
    games = [(one.number, one.new) for one in planned if one.new is not None]
    signed = _sign(member, uuid4(), games)
    if len(signed) > MOST_CARRIED:
        raise Refused(
            _("That is too much text at once. Split the file into smaller ones."), field="file"
        )
    return signed


def read_plan(member: Member, signed: str) -> tuple[UUID, list[tuple[int, Imported]]]:
    """Return the plan's id and the game of each line. Raises `Refused` if it is old or foreign."""
    return _read(member, signed, VALID_SECONDS)


def plan_again(member: Member, signed: str) -> tuple[list[Planned], str]:
    """Check a plan again, however old it is, and sign it anew.

    Its id stays, so that games it has made already are not made twice. Raises `Refused` for a
    foreign plan.
    """
    import_id, games = _read(member, signed, None)
    planned = [_prepared(member, number, new.new.title or "", new) for number, new in games]
    return planned, _sign(member, import_id, games)


def _sign(member: Member, import_id: UUID, games: Sequence[tuple[int, Imported]]) -> str:
    plan = {
        "id": str(import_id),
        "games": [new.as_json() | {"line": number} for number, new in games],
    }
    return signing.dumps(plan, salt=_salt(member), compress=True)


def _read(
    member: Member, signed: str, max_age: int | None
) -> tuple[UUID, list[tuple[int, Imported]]]:
    try:
        plan = signing.loads(signed, salt=_salt(member), max_age=max_age)
    except signing.SignatureExpired as error:
        raise Refused(_("The preview is more than an hour old. Please check it again.")) from error
    except signing.BadSignature as error:
        raise Refused(
            _("This preview is not valid any more. Please choose the file again.")
        ) from error
    return UUID(plan["id"]), [(game["line"], Imported.from_json(game)) for game in plan["games"]]


def _salt(member: Member) -> str:
    return f"games.importing:{member.guild_id}:{member.user_id}"
