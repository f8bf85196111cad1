"""Discord's REST interface, for every request that is not the answer to an interaction.

A thin client over aiohttp replaces nextcord's, which shares one rate limit between all channels
and repeats POSTs by itself. `discord_api.loop` makes it usable from ordinary threads.
"""
