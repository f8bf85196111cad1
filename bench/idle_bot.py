"""The baseline: a nextcord bot that answers every click at once and does nothing else."""

import os

import nextcord
from nextcord.http import Route


class IdleBot(nextcord.Client):
    async def on_interaction(self, interaction: nextcord.Interaction[nextcord.Client]) -> None:
        await interaction.response.send_message("You're in.", ephemeral=True)


def main() -> None:
    Route.BASE = f"{os.environ['DISCORD_BASE_URL']}/api/v10"
    bot = IdleBot(
        intents=nextcord.Intents(guilds=True),
        max_messages=None,
        member_cache_flags=nextcord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
    )
    bot.run(os.environ["DISCORD_BOT_TOKEN"])


if __name__ == "__main__":
    main()
