from django.urls import path

import guilds.web.converters  # noqa: F401  (registers <snowflake:…>)
from games.views import edits as editing
from games.views import exports as exporting
from games.views import feed, game, guild, images, roster, series, templates
from games.views import imports as importing
from games.views import my_games as mine
from games.views import new_game as creating

GUILD = "g/<snowflake:guild_id>/"
GAME = f"{GUILD}games/<snowflake:game_id>/"
TEMPLATE = f"{GUILD}templates/<snowflake:template_id>/"

urlpatterns = [
    path("games/", mine.my_games, name="my-games"),
    path("g/<snowflake:guild_id>/", guild.guild_page, name="guild"),
    path(GAME, game.game_page, name="game"),
    path(f"{GAME}join/", game.join, name="game-join"),
    path(f"{GAME}maybe/", game.maybe, name="game-maybe"),
    path(f"{GAME}decline/", game.decline, name="game-decline"),
    path(f"{GAME}history/", game.game_history, name="game-history"),
    path(f"{GAME}roster/", roster.roster_page, name="game-roster"),
    path(f"{GAME}roster/people/", roster.find_people, name="game-roster-people"),
    path(f"{GAME}roster/add/", roster.add, name="game-roster-add"),
    path(f"{GAME}roster/remove/", roster.remove, name="game-roster-remove"),
    path(f"{GAME}roster/promote/", roster.promote, name="game-roster-promote"),
    path(f"{GAME}roster/move/", roster.move, name="game-roster-move"),
    path(f"{GAME}roster/slot/", roster.slot, name="game-roster-slot"),
    path(f"{GAME}roster/order/", roster.order, name="game-roster-order"),
    path(f"{GAME}calendar.ics", feed.game_ics, name="game-ics"),
    path("cal/<slug:token>.ics", feed.feed, name="feed"),
    path("cal/server/<slug:token>.ics", feed.guild_feed, name="guild-feed"),
    path(f"{GUILD}games/new/", creating.new_game, name="game-new"),
    path(f"{GUILD}games/when/", creating.when_preview, name="when-preview"),
    path(f"{GUILD}games/import/", importing.import_games, name="games-import"),
    path(f"{GUILD}games/import/make/", importing.make_imported, name="games-import-make"),
    path(f"{GUILD}games/games.csv", exporting.games_csv, name="games-csv"),
    path(f"{GUILD}games/rosters.csv", exporting.rosters_csv, name="rosters-csv"),
    path(f"{GUILD}games/games.ics", exporting.games_ics, name="games-ics"),
    path(f"{GAME}clone/", creating.clone_game, name="game-clone"),
    path(f"{GAME}edit/", editing.edit, name="game-edit"),
    path(f"{GAME}cancel/", editing.cancel, name="game-cancel"),
    path(f"{GUILD}games/repeat/", series.repeat_preview, name="repeat-preview"),
    path(f"{GAME}repeat/", series.repeat, name="game-repeat"),
    path(f"{GAME}series/confirm/", series.confirm, name="series-confirm"),
    path(f"{GAME}series/skip/", series.skip, name="series-skip"),
    path(f"{GAME}series/stop/", series.stop, name="series-stop"),
    path(f"{GAME}series/day/", series.leave_out, name="series-day"),
    path(f"{GUILD}templates/", templates.template_list, name="template-list"),
    path(f"{GUILD}templates/new/", templates.new_template, name="template-new"),
    path(TEMPLATE, templates.edit_template, name="template-edit"),
    path(f"{TEMPLATE}move/", templates.move_template, name="template-move"),
    path(f"{TEMPLATE}default/", templates.make_default, name="template-default"),
    path(f"{TEMPLATE}delete/", templates.remove_template, name="template-delete"),
    path("images/<uuid:image_id>/", images.image, name="image"),
]
