"""The pace of edits, in SQL: what Discord allows a channel, and how edits of one post are spaced.

A channel takes five edits in any five seconds, over all its posts, and three in six seconds of
posts that are older than an hour. `ChannelPace` keeps the times of the latest edits, no more than
that and in no order. A claim adds them, and when Discord has answered they move to that moment,
since the request may have been on its way for as long. So the next may be claimed a window later,
and Discord's own window, which begins with the first request it sees, is over by then.

Edits of one post are spaced further apart the longer its changes go on: a join is shown at once,
a rush of a hundred by three edits in less than a second, and a storm every two seconds or so,
which leaves the channel room. A second of rest makes up for one edit of a rush.

In these statements `a` is the announcement and `p` the pace of its channel. All times are the
database's; `statement_timestamp()` is used instead of `now()`, which stands still within a
transaction.
"""

# ruff: noqa: S608 -- the pieces put together are this file's own constants

# The margin allows for requests that travel more slowly than those sent after them.
EDITS, WINDOW = 5, "5250 ms"
OLD_EDITS, OLD_WINDOW = 3, "6300 ms"
# Milliseconds for which a post stands after the first edit of a rush, the second and so on. With
# these it never waits for most of its channel's window, as long as no other post there is edited.
# An edit that shows so many changes at once is followed sooner by the next.
SPACING, OLD_SPACING = (200, 400, 2600, 2600), (500, 2600, 2600, 2600)
CROWD, CROWDED_SPACING = 10, (200, 300, 700, 1800)

IS_OLD = "(a.posted_at < statement_timestamp() - interval '59 min')"


def _recent(edits: str, window: str) -> str:
    """The edits that Discord still counts."""
    return f"""array(select edit from unnest({edits}) edit
        where edit > statement_timestamp() - interval '{window}')"""


def _ends(edits: str, most: int, window: str) -> str:
    """When the channel is no longer full of these edits; null if it is not.

    Every click asks this: subscripts cost a third of what `unnest` does.
    """
    first = ", ".join(f"{edits}[{number}]" for number in range(1, most + 1))
    return f"case when cardinality({edits}) = {most} then least({first}) + interval '{window}' end"


RECENT, OLD_RECENT = _recent("p.edits", WINDOW), _recent("p.old_edits", OLD_WINDOW)
LEFT, OLD_LEFT = f"{EDITS} - cardinality({RECENT})", f"{OLD_EDITS} - cardinality({OLD_RECENT})"

# When the channel takes another edit of this post; null, or in the past, if it does now.
TURN = f"""greatest({_ends("p.edits", EDITS, WINDOW)},
    case when {IS_OLD} then {_ends("p.old_edits", OLD_EDITS, OLD_WINDOW)} end)"""
HAS_ROOM = f"coalesce({TURN} <= statement_timestamp(), true)"

# The edit's number in its rush, and how long the post is to stand after it.
RUSH = f"""greatest(1, least({len(SPACING)}, a.rush + 1 - floor(
    extract(epoch from statement_timestamp() - a.next_edit_at))))::smallint"""
STANDS = f"""interval '1 ms' * (case when {IS_OLD} then array{list(OLD_SPACING)}
    when a.wanted_revision - a.posted_revision >= {CROWD} then array{list(CROWDED_SPACING)}
    else array{list(SPACING)} end)[ripe.rush]"""

# Takes the channels' edits for the rows of `ripe`: all those of a channel or none.
TAKE = f"""
    insert into notifications_channelpace as p (channel_id, edits, old_edits)
    select channel_id, array_agg(statement_timestamp()),
        coalesce(array_agg(statement_timestamp()) filter (where is_old), '{{}}')
    from ripe group by channel_id order by channel_id
    on conflict (channel_id) do update set
        edits = {RECENT} || excluded.edits, old_edits = {OLD_RECENT} || excluded.old_edits
    where {LEFT} >= cardinality(excluded.edits)
        and {OLD_LEFT} >= cardinality(excluded.old_edits)
    returning channel_id"""

# Moves an edit from its claim to now. Several of one claim bear the same time: one of them moves,
# and one of old posts only for an old post.
ANSWERED = f"""
update notifications_channelpace p
set edits[array_position(edits, %(claimed_at)s)] = statement_timestamp()
where channel_id = %(channel_id)s and %(claimed_at)s = any(edits);
update notifications_channelpace p
set old_edits[array_position(old_edits, %(claimed_at)s)] = statement_timestamp()
where channel_id = %(channel_id)s and %(claimed_at)s = any(old_edits)
    and exists (select from notifications_announcement a where a.id = %(id)s and {IS_OLD})"""
