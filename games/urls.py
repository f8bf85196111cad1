from django.urls import path

import guilds.converters  # noqa: F401  (registers <snowflake:…>)
from games import views

GAME = "g/<snowflake:guild_id>/games/<snowflake:game_id>/"

urlpatterns = [
    path("games/", views.my_games, name="my-games"),
    path("g/<snowflake:guild_id>/", views.guild_page, name="guild"),
    path(GAME, views.game_page, name="game"),
    path(f"{GAME}join/", views.join, name="game-join"),
    path(f"{GAME}maybe/", views.maybe, name="game-maybe"),
    path(f"{GAME}decline/", views.decline, name="game-decline"),
]
