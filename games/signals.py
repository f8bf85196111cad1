"""What games tell upwards, always inside the transaction that makes it true.

`game_changed(sender, *, game: Game, change: Change)`: a game was made or changed;
`change.action` says how, `change.promoted` and `change.demoted` hold user ids whose seat
changed without their doing.
`series_stuck(sender, *, game: Game)`: the session after this game could not be made; why is
in its series' `trouble`.
"""

from django.dispatch import Signal

game_changed = Signal()
series_stuck = Signal()
