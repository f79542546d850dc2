"""Where people ask and are told, in the order in which they are listed. Add yours here."""

from typing import Any

from liqbot.platforms.platform import Platform
from liqbot.registry import Registry

PLATFORMS: Registry[Platform[Any]] = Registry(
    "liqbot.platforms", "platform", ("console", "telegram", "discord")
)
