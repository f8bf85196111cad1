"""Who a session belongs to, asked anew for each request and each socket."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from guilds.models import User
from guilds.services.login import end_operator, is_operator_no_more


class LoginBackend(AuthenticationBackend):  # type: ignore[misc]
    """Takes an operator's rights away with the first request after their id has been taken out."""

    def get_user(self, user_id: Any) -> User | None:
        user: User | None = super().get_user(user_id)
        if user is not None and is_operator_no_more(user):
            end_operator(user)
            return None
        return user
