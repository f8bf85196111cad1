"""Limits the size of request bodies, which need be large only for pictures.

Works around Django (6.0), whose `DATA_UPLOAD_MAX_MEMORY_SIZE` excludes files on purpose
(https://code.djangoproject.com/ticket/21231), and daphne (4.2), which accepts a body of any size
(https://github.com/django/daphne/issues/226). A proxy in front should have a limit of its own.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

MAX_BODY = 1024 * 1024


class BodyLimitMiddleware:
    """Refuses bodies larger than the view's `max_body` bytes before anything reads them."""

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
            or _("Pictures can be up to 5 MB. Go back and choose a smaller one."),
        }
        return render(request, "trouble.html", context, status=413)


def _length(request: HttpRequest) -> int:
    """Return the body's size in bytes, from the header or, without one, from the body itself."""
    said: str = request.META.get("CONTENT_LENGTH") or ""
    if said.isascii() and said.isdecimal():
        return int(said)
    stream = getattr(request, "_stream", None)
    if stream is None or not stream.seekable():
        return 0  # under WSGI nothing is read without a length
    length: int = stream.seek(0, 2)
    stream.seek(0)
    return length
