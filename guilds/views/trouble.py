"""The page for a request that cannot be served."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show_trouble(
    request: HttpRequest, *, status: int, title: str, sentence: str, offers_login: bool = False
) -> HttpResponse:
    """Render a page that explains the trouble and how to get out of it."""
    context = {"title": title, "sentence": sentence, "offers_login": offers_login}
    return render(request, "trouble.html", context, status=status)
