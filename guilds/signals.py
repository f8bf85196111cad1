"""What guilds tell upwards, always inside the transaction that makes it true.

`member_left(sender, *, guild_id: int, user: User)`: the user is no longer in the guild.
`roles_lost(sender, *, member: Member)`: the member has fewer roles than before; theirs are
those of now.
`person_leaving(sender, *, user: User, former: User)`: the user's row goes; `former` stands in
where a row must name somebody.
`sessions_ended(sender, *, user: User)`: the user is logged out everywhere.
`person_asks_for_data(sender, *, user: User)`: receivers return what they hold of the user, as
a dict of plain values.
`person_configured(sender, *, user: User)`: somebody changed their own settings.
"""

from django.dispatch import Signal

member_left = Signal()
roles_lost = Signal()
person_leaving = Signal()
person_asks_for_data = Signal()
sessions_ended = Signal()
person_configured = Signal()
