"""All pages of what /why says of an answer."""

from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.commands.command import Caller
from liqbot.desk import Desk
from tests.fakes.desk import CALLER


async def traced(desk: Desk, line: str, caller: Caller = CALLER) -> str:
    """Ask /why of a command, and go on as long as there is more."""
    found = await COMMANDS["why"].invoke(desk, caller, line)
    told = plain(found.text)
    more = [each.words for row in found.buttons for each in row if each.label == "More"]
    if not more:
        return told
    return f"{told}\n{await traced(desk, more[0].removeprefix('why '), caller)}"
