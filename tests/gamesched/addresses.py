"""All addresses of the project, taken from its URL resolver."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse


def addresses(ids: Mapping[str, Any]) -> dict[str, str]:
    """Return each view's address by name, except the admin's, with `ids` as its parameters."""
    return {
        str(pattern.name): reverse(
            str(pattern.name), kwargs={name: ids[name] for name in pattern.pattern.converters}
        )
        for route, pattern in _patterns(get_resolver())
        if not route.startswith("admin/")
    }


def _patterns(resolver: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _patterns(one, route)
        else:
            yield route, one
