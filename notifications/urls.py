from django.urls import path

import guilds.converters  # noqa: F401  (registers <snowflake:…>)
from notifications import views

urlpatterns = [
    path("g/<snowflake:guild_id>/games/preview/", views.preview, name="game-preview"),
    path(
        "g/<snowflake:guild_id>/games/<snowflake:game_id>/repost/", views.repost, name="game-repost"
    ),
]
