"""Middleware and view of a request run in its thread, without coming back to the loop."""

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class OneThreadHandler(ASGIHandler):
    """Django's own goes to the thread and back some twenty times a request, since most of its
    middleware can be either and ours cannot; all our views are synchronous anyway."""

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: Any) -> Any:
        return await sync_to_async(self.get_response)(request)
