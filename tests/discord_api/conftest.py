from tests.discord import discord, sandbox

__all__ = ["discord", "sandbox"]
