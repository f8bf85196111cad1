from django.urls import path

import guilds.web.converters  # noqa: F401  (registers <snowflake:…>)
from notifications.views import announcement, deliveries

GAME = "g/<snowflake:guild_id>/games/<snowflake:game_id>/"
DELIVERY = f"{GAME}deliveries/<snowflake:delivery_id>/"

urlpatterns = [
    path("g/<snowflake:guild_id>/games/preview/", announcement.preview, name="game-preview"),
    path(f"{GAME}repost/", announcement.repost, name="game-repost"),
    path(f"{GAME}deliveries/", deliveries.report, name="game-deliveries"),
    path(f"{DELIVERY}retry/", deliveries.retry, name="game-delivery-retry"),
    path(f"{DELIVERY}drop/", deliveries.drop, name="game-delivery-drop"),
]
