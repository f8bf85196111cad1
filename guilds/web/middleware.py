"""Shows pages in the language that the person set on Discord."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from guilds.languages import find_language, listening_in
from guilds.models import User


class PersonLanguageMiddleware:
    """Activates the logged-in person's language; LocaleMiddleware has set the browser's before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        if language := find_language(user.locale):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        with listening_in(user.locale):
            return self.get_response(request)
