from django.urls import include, path

import guilds.web.converters  # noqa: F401  (registers <snowflake:…>)
from guilds.manual.contents import PAGES
from guilds.views import front, manual, person, settings

GUILD = "g/<snowflake:guild_id>/settings/"

urlpatterns = [
    path("", front.landing, name="landing"),
    path("help/", manual.contents, name="help"),
    *(path(f"help/{p}/", manual.help_page, {"name": p}, name=f"help-{p}") for p in PAGES),
    path("offline/", front.offline, name="offline"),
    path("offline-worker.js", front.service_worker, name="offline-worker"),
    path("settings/", person.settings_page, name="settings"),
    path("settings/calendar/", person.make_calendar, name="settings-calendar"),
    path("settings/calendar/revoke/", person.revoke_calendar, name="settings-calendar-revoke"),
    path("settings/data/", person.download_data, name="my-data"),
    path("settings/log-out-everywhere/", person.log_out_everywhere, name="log-out-everywhere"),
    path("settings/log-out/", person.log_out_session, name="log-out-session"),
    path("settings/delete/", person.delete_me, name="delete-me"),
    path(GUILD, settings.guild_settings, name="guild-settings"),
    path(f"{GUILD}unset/", settings.unset, name="guild-settings-unset"),
    path(
        f"{GUILD}channels/<snowflake:channel_id>/",
        settings.channel_settings,
        name="channel-settings",
    ),
    # Only these of allauth's addresses exist; the names are those allauth itself looks up.
    path("accounts/login/", front.account_login, name="account_login"),
    path("accounts/logout/", front.account_logout, name="account_logout"),
    path("accounts/", include("guilds.discord_login.urls")),
]
