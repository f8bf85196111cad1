"""What is shown when something is in the way."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show_trouble(
    request: HttpRequest, *, status: int, title: str, sentence: str, offers_login: bool = False
) -> HttpResponse:
    """A page that says what is in the way, and the way out."""
    context = {"title": title, "sentence": sentence, "offers_login": offers_login}
    return render(request, "trouble.html", context, status=status)
