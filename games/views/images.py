"""Pictures of games, for pages and for Discord, which fetches them without logging in."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from games.models import Image

# A picture never changes under its address; nothing in it may run or load anything.
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Disposition": 'inline; filename="picture.webp"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def image(request: HttpRequest, image_id: UUID) -> HttpResponse:
    found = Image.objects.filter(id=image_id).first()
    if found is None:
        raise Http404
    return HttpResponse(bytes(found.data), content_type=found.content_type, headers=HEADERS)
