"""H1: the messages that a game requires, derived from its changes and not from the outbox."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from games.enums import Action, Via
from games.models import Change, Game
from guilds.models import User
from notifications.enums import State, TimerKind
from notifications.models import Timer
from tests.faults.story import Step, Story

TO_ALL = {
    Action.CANCELLED: "cancelled",
    Action.CONFIRMED: "goes_ahead",
    Action.RESCHEDULED: "rescheduled",
}
TO_SUBJECT = {Action.REMOVED: "removed", Action.ROLE_LOST: "removed"}
# Prefixes of further messages that may come: those that tell the host of trouble.
HOST_IS_TOLD = ("trouble:", "lost:", "unreachable:", "role_gone:", "post_stays:")
SETTLES_WITHIN = timedelta(seconds=3)


def expected_keys(story: Story) -> set[str]:
    """Return the dedupe keys of all messages to people that the game's changes required."""
    discord_ids = dict(User.objects.values_list("id", "discord_id"))
    keys = set()
    for step in story.steps:
        for notice, user in _told(story.game, step):
            if discord_ids.get(user):
                change = step.change
                keys.add(f"{notice}:{story.game.id}:{change.revision}:{discord_ids[user]}")
    return keys


def _told(game: Game, step: Step) -> Iterator[tuple[str, int]]:
    change = step.change
    action = Action(change.action)
    for user in step.promoted:
        if user != change.actor_id:
            yield "promoted", user
    for user in step.demoted:
        if user != change.actor_id:
            yield "demoted", user
    if action == Action.CREATED and change.via == Via.WORKER:
        yield "series_next", game.host_id
    if action in TO_SUBJECT and change.subject_id and change.subject_id != change.actor_id:
        yield TO_SUBJECT[action], change.subject_id
    if action in TO_ALL:
        yield from ((TO_ALL[action], user) for user in _everyone(game, step))
    if action == Action.HOST_ASKED:
        yield "too_few", game.host_id


def _everyone(game: Game, step: Step) -> Iterable[int]:
    return (step.listed | {game.host_id}) - {step.change.actor_id}


def reminder_keys(
    story: Story, now: datetime, problems: list[str], *, may_expire: bool
) -> set[str]:
    """Return the dedupe keys of the channel reminders that are due by the game's present times."""
    game, keys = story.game, set()
    for minutes in game.reminder_minutes:
        due_at = game.starts_at - timedelta(minutes=minutes)
        if due_at + SETTLES_WITHIN > now or due_at <= game.created_at:
            continue
        timer = Timer.objects.filter(
            game=game,
            kind=TimerKind.REMIND,
            minutes_before=minutes,
            schedule_version=game.schedule_version,
        ).first()
        state = timer.state if timer else "absent"
        if state == State.DONE:
            keys.add(f"rem:{game.id}:{game.schedule_version}:{minutes}:ch:0")
        elif state == State.EXPIRED and may_expire:
            continue
        elif state != State.CANCELLED or not _was_called_off(story.steps, due_at):
            problems.append(f"game {game.id}: the reminder of {minutes} min is {state}")
    return keys


def channel_key(key: str) -> str:
    """Return the key of the channel's reminder that a direct message stands for, if it does."""
    stem, is_direct, _person = key.partition(":dm:")
    return f"{stem}:ch:0" if is_direct else key


def _was_called_off(steps: Iterable[Step], due_at: datetime) -> bool:
    changes: Iterable[Change] = (step.change for step in steps)
    return any(c.action == Action.CANCELLED and c.at < due_at + SETTLES_WITHIN for c in changes)
