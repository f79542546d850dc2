"""The commands, in the order in which /help lists them. Add yours here."""

from typing import Any

from liqbot.commands.command import Command
from liqbot.registry import Registry

COMMANDS: Registry[Command[Any]] = Registry(
    "liqbot.commands",
    "command",
    (
        "heatmap",
        "levels",
        "delta",
        "tiers",
        "venues",
        "replay",
        "feed",
        "plan",
        "whatif",
        "risk",
        "check",
        "watch",
        "unwatch",
        "subscribe",
        "alerts",
        "unsubscribe",
        "mute",
        "unmute",
        "quiet",
        "settings",
        "channel",
        "why",
        "test",
        "accuracy",
        "export",
        "status",
        "help",
        "start",
    ),
)
