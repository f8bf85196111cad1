"""allauth's adapters: Discord accounts become our users by their snowflake, and in no other way.

allauth's own tables stay empty: `User.discord_id` is the only link.
"""

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from guilds.discord_login.token import remember_token
from guilds.models import User
from guilds.services.login import log_in_by_discord
from guilds.services.membership import refresh_guilds
from guilds.views.trouble import show_trouble
from guilds.web.access import is_safe_next, note_guilds_asked

log = structlog.get_logger(__name__)

STATE_LENGTH = 43  # 43 letters and digits hold 256 bits


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_safe_url(self, url: str | None) -> bool:
        return is_safe_next(url)

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Drop allauth's own messages; the pages say what is needed."""

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Keep the token in the new session, and ask Discord which guilds the person is on."""
        login: SocialLogin = kwargs["signal_kwargs"]["sociallogin"]
        remember_token(request.session, login.token.token)
        refresh_guilds(user, login.token.token)
        note_guilds_asked(request.session)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def respond_user_inactive(self, request: HttpRequest, _user: User) -> HttpResponse:
        return show_trouble(
            request,
            status=403,
            title=_("This account is switched off"),
            sentence=_("Ask whoever runs this site."),
        )


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def generate_state_param(self, _state: dict[str, Any]) -> str:
        return get_random_string(STATE_LENGTH)

    def populate_user(self, _request: HttpRequest, sociallogin: SocialLogin, _data: Any) -> User:
        user: User = sociallogin.user
        return user

    def pre_social_login(self, _request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Replace allauth's suggested user by ours, which the bot may have made already."""
        sociallogin.user = log_in_by_discord(sociallogin.account.extra_data)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        raise ImmediateHttpResponse(_login_trouble(request, error, exception))


def _login_trouble(
    request: HttpRequest, error: str | None, exception: Exception | None
) -> HttpResponse:
    if error == AuthError.CANCELLED:
        return show_trouble(
            request,
            status=403,
            title=_("You did not log in"),
            sentence=_("Discord says you pressed Cancel. Nothing was shared."),
            offers_login=True,
        )
    status = getattr(exception, "status", None)
    log.warning("login_failed", status=status, error=error)
    if status is None:
        return show_trouble(
            request,
            status=400,
            title=_("This log-in has run out"),
            sentence=_("It was begun in another browser, used already, or took over ten minutes."),
            offers_login=True,
        )
    if 400 <= status < 500 and status != 429:
        return show_trouble(
            request,
            status=400,
            title=_("Discord did not confirm who you are"),
            sentence=_("Try again; it takes a moment only."),
            offers_login=True,
        )
    return show_trouble(
        request,
        status=503,
        title=_("Discord is not answering"),
        sentence=_("We could not ask it who you are. Try again in a minute."),
        offers_login=True,
    )
