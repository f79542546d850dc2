"""The plumbing between liqbot and discord.py."""
