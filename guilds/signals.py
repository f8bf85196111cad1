"""What guilds tell upwards, always inside the transaction that makes it true.

`member_left(sender, *, guild_id: int, user: User)`: the user is no longer in the guild.
`roles_lost(sender, *, member: Member)`: the member has fewer roles than before; theirs are
those of now.
"""

from django.dispatch import Signal

member_left = Signal()
roles_lost = Signal()
