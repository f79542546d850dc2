"""Telling Discord which commands there are, only where they have changed."""

import asyncio
import hashlib
import json
import logging
from pathlib import Path
from typing import Any

from discord import app_commands

from liqbot.clock import Clock
from liqbot.errors import DeliveryError
from liqbot.platforms._discord.faults import delivering

_LOG = logging.getLogger(__name__)
_FILE = "discord-commands"  # in the state folder: which were told, and of which application


async def sync(tree: app_commands.CommandTree[Any], folder: Path, clock: Clock) -> bool:
    """Tell Discord the commands of a tree unless it knows them; tell whether that was done.

    Where Discord does not take them, those it knows stay, and the next start tells them again.
    """
    now = f"{tree.client.application_id} {fingerprint(tree)}\n"
    path = folder / _FILE
    if await asyncio.to_thread(_read, path) == now:
        return False
    try:
        with delivering(clock):
            await tree.sync()
    except DeliveryError as error:
        _LOG.error("the commands are not up to date at Discord", extra={"why": str(error)})
        return False
    await asyncio.to_thread(path.write_text, now, "utf-8")
    return True


def fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    """Return what changes where any name, word or option of a command does."""
    told = [each.to_dict(tree) for each in tree.get_commands()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
