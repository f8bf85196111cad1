from django.urls import path

import guilds.converters  # noqa: F401  (registers <snowflake:…>)
from games.views import feed, game, guild, mine

GAME = "g/<snowflake:guild_id>/games/<snowflake:game_id>/"

urlpatterns = [
    path("games/", mine.my_games, name="my-games"),
    path("g/<snowflake:guild_id>/", guild.guild_page, name="guild"),
    path(GAME, game.game_page, name="game"),
    path(f"{GAME}join/", game.join, name="game-join"),
    path(f"{GAME}maybe/", game.maybe, name="game-maybe"),
    path(f"{GAME}decline/", game.decline, name="game-decline"),
    path(f"{GAME}calendar.ics", feed.game_ics, name="game-ics"),
    path("cal/<slug:token>.ics", feed.feed, name="feed"),
    path("cal/server/<slug:token>.ics", feed.guild_feed, name="guild-feed"),
]
