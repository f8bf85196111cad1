"""How much a request may carry: little, but where a form takes a picture."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

MAX_BODY = 1024 * 1024


class BodyLimitMiddleware:
    """Refuse bodies larger than the view's `max_body` before anything reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        most: int = getattr(view, "max_body", MAX_BODY)
        if _length(request) <= most:
            return None
        context = {
            "title": _("That is too large"),
            "sentence": getattr(view, "too_large", None)
            or _("A picture may have 5 MB. Go back and choose a smaller one."),
        }
        return render(request, "trouble.html", context, status=413)


def _length(request: HttpRequest) -> int:
    """In bytes, as the server says or else as it came."""
    said: str = request.META.get("CONTENT_LENGTH") or ""
    if said.isascii() and said.isdecimal():
        return int(said)
    stream = getattr(request, "_stream", None)
    if stream is None or not stream.seekable():
        return 0  # WSGI: without a length nothing is read
    length: int = stream.seek(0, 2)
    stream.seek(0)
    return length
