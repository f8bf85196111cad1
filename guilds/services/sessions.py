"""Ends sessions of the web, and with the last of them what Discord let us ask."""

from collections.abc import Collection
from functools import partial

import structlog
from django.db import transaction

from guilds.discord_login.api import DiscordError, revoke_token
from guilds.discord_login.token import find_token
from guilds.models import Session, User
from guilds.signals import session_ended, sessions_ended

log = structlog.get_logger(__name__)


@transaction.atomic
def end_sessions(user: User, *, with_calendars: bool = False) -> None:
    """Log the user out in every browser, disconnect their open pages and revoke their tokens.

    `with_calendars` also stops their calendar addresses.
    """
    rows = list(Session.objects.filter(user=user))
    tokens = {token for row in rows if (token := find_token(row.get_decoded()))}
    Session.objects.filter(user=user).delete()
    # Sessions carry a hash of the password: should one be written again, it is worth nothing.
    if not user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])
    if with_calendars:
        user.feeds.all().delete()
    sessions_ended.send(sender=User, user=user)
    log.info("sessions_ended", user_id=user.id, count=len(rows), with_calendars=with_calendars)
    transaction.on_commit(partial(_revoke, tokens, user.id), robust=True)


@transaction.atomic
def end_session(user: User, name: str) -> bool:
    """End one of the user's sessions, by its name. Returns whether there was one.

    Its token is not revoked, since Discord would end those of the other sessions with it; the row
    was the only place where it was kept.
    """
    for row in Session.objects.filter(user=user):
        if row.name == name:
            session_ended.send(sender=Session, session_key=row.session_key)
            row.delete()
            log.info("session_ended", user_id=user.id)
            return True
    return False


def _revoke(tokens: Collection[str], user_id: int) -> None:
    """Revoke the tokens at Discord, after the commit.

    A token that Discord does not hear of ends by itself within a week, and is kept nowhere.
    """
    for token in tokens:
        try:
            revoke_token(token)
        except DiscordError as error:
            log.warning("token_not_revoked", user_id=user_id, status=error.status)
            return
