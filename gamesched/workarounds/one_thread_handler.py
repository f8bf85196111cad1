"""Runs a request's middleware and view in one thread, without returning to the event loop.

Works around Django (6.0): under ASGI, each middleware based on `MiddlewareMixin` sends its two
halves to the request's thread separately. Most of Django's can run either way and ours cannot, so
there are some twenty switches per request, 1 ms a page.
https://code.djangoproject.com/ticket/37177
"""

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class OneThreadHandler(ASGIHandler):
    """Loads all middleware as synchronous, like our views, and so enters the thread only once."""

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: Any) -> Any:
        return await sync_to_async(self.get_response)(request)
