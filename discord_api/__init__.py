"""Discord's REST interface, for everything said unprompted.

A thin client of our own over aiohttp: nextcord's keeps one limit for all channels together
and repeats POSTs by itself. `discord_api.loop` makes it usable from ordinary threads.
"""
