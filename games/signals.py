"""Signals about games, always sent inside the transaction they report on.

`game_changed(sender, *, game: Game, change: Change, is_last: bool, in_crowd: bool)`: a game was
created or changed.
`change.action` says how; `change.promoted` and `change.demoted` hold the ids of users whose seat
changed though they did nothing. Sign-ups that share a transaction are told one by one once all are
written, and `is_last` is true of the last: what only follows the game's newest state waits for it.
`in_crowd`: so many click at once that no answer to a click will show the game's new state.
A receiver returns true if the answer to the click that made the change may show that state.
`series_stuck(sender, *, game: Game)`: the session after this game could not be made. The series'
`trouble` says why.
`names_removed(sender, *, game_ids: Collection[int])`: people of these games that are over are
called "Former member" from now on. The games themselves did not change.
"""

from django.dispatch import Signal

game_changed = Signal()
series_stuck = Signal()
names_removed = Signal()
