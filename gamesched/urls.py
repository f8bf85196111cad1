from django.contrib import admin
from django.urls import include, path

from gamesched import public
from gamesched.development import development_urls
from notifications import health

admin.autodiscover()

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("privacy/", public.privacy, name="privacy"),
    path(".well-known/security.txt", public.security_txt, name="security-txt"),
    path("", include("guilds.urls")),
    path("", include("games.urls")),
    path("", include("notifications.urls")),
    path("admin/", admin.site.urls),
    *development_urls(),
]
