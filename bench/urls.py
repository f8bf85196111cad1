from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def select_one(_request: HttpRequest) -> HttpResponse:
    """The baseline for pages: one query and no template."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse("1")


urlpatterns = [path("bench/select-1/", select_one), path("", include("gamesched.urls"))]
