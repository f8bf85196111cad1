"""The manual's pages, open to everyone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from guilds.manual import contents as manual
from guilds.selectors import list_guilds_of
from guilds.web.outages import needs_no_database


@needs_no_database
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    return render(request, "guilds/manual.html", _context(request))


@needs_no_database
@require_safe
def help_page(request: HttpRequest, name: str) -> HttpResponse:
    # Imported late: it loads markdown-it and Pillow, 2 MB that a web process may never need.
    from guilds.manual.page import page  # noqa: PLC0415

    context = _context(request) | {"name": name, "page": page(name)}
    return render(request, "guilds/manual_page.html", context)


def _context(request: HttpRequest) -> dict[str, object]:
    user = request.user
    return {
        "pages": [
            (name, reverse(f"help-{name}"), title, text)
            for name, (title, text) in manual.PAGES.items()
        ],
        "is_foreign": not (get_language() or "en").startswith("en"),
        "nav_guilds": list(list_guilds_of(user)) if user.is_authenticated else [],
    }
