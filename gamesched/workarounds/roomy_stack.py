"""Gives a request's calls one large piece of memory, where Python would add many small ones.

Works around CPython (3.11 to 3.13.12, 3.14 to 3.14.3): a thread's calls live in pieces of 16 KB,
and a piece is given back to the system as soon as it is empty. A loop whose calls begin at the edge
of a piece asks for the next one each time, 10 µs a call: a page of twenty cards took twice as long,
or did not, by the depth at which it happened to be rendered.
https://github.com/python/cpython/issues/142183
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# A piece holds the call that asked for it, and is of the next power of two. So this call leaves
# nearly half of 512 KB to those within it. Memory that none of them reaches is never taken up.
WORDS = 33_000


def roomy_stack(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Make the outermost middleware, which says that it needs more of the stack than it does."""

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    answer.__code__ = answer.__code__.replace(co_stacksize=WORDS)
    return answer
