"""A request's middleware and view run in one thread, without returning to the event loop.

Works around Django (6.0): under ASGI each middleware that builds on `MiddlewareMixin` sends its
halves to the request's thread one by one, some twenty times a request, since most of Django's can
run either way and ours cannot. It costs 1 ms a page. https://code.djangoproject.com/ticket/37177
"""

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class OneThreadHandler(ASGIHandler):
    """Loads all middleware as synchronous, as all our views are, and enters the thread once."""

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: Any) -> Any:
        return await sync_to_async(self.get_response)(request)
