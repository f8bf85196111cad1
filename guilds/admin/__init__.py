"""The admin's pages, each scoped to the guilds its viewer may see (`guilds.admin.base`)."""

from guilds.admin import bans, pages

__all__ = ["bans", "pages"]
