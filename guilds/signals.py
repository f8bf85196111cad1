"""Signals to the apps above, always sent inside the transaction that makes the change.

`member_left(sender, *, guild_id: int, user: User)`: the user is no longer in the guild.
`roles_lost(sender, *, member: Member, role_ids: frozenset[int])`: the member lost these roles,
which still exist; `member.role_ids` are those left.
`roles_gone(sender, *, guild: Guild, role_ids: frozenset[int])`: Discord deleted these roles.
`channels_closed(sender, *, guild: Guild, channel_ids: frozenset[int])`: Discord deleted these
channels, or the bot may not announce there any more.
`person_leaving(sender, *, user: User, former: User)`: the user's row is about to be deleted;
receivers put `former` in rows that must name somebody.
`sessions_ended(sender, *, user: User)`: the user was logged out everywhere.
`session_ended(sender, *, session_key: str)`: one browser was logged out from another.
`person_asks_for_data(sender, *, user: User)`: receivers return their data about the user as a dict
of plain values.
`person_configured(sender, *, user: User)`: the user changed their own settings.
"""

from django.dispatch import Signal

member_left = Signal()
roles_lost = Signal()
roles_gone = Signal()
channels_closed = Signal()
person_leaving = Signal()
person_asks_for_data = Signal()
sessions_ended = Signal()
session_ended = Signal()
person_configured = Signal()
