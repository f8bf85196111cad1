"""Responses that are made while they are sent."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


def streamed(
    request: HttpRequest, parts: Iterator[bytes], *, content_type: str, filename: str
) -> StreamingHttpResponse:
    """Return a download.

    Under ASGI the parts are made in the request's own thread, one at a time: Django would gather
    all parts of a synchronous iterator before it sent the first.
    """
    body = _one_by_one(parts) if isinstance(request, ASGIRequest) else parts
    headers = {
        "Content-Disposition": f'attachment; filename="{filename}"',
        "X-Robots-Tag": "noindex",
    }
    return StreamingHttpResponse(body, content_type=content_type, headers=headers)


async def _one_by_one(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    while part := await sync_to_async(lambda: next(parts, b""))():
        yield part
