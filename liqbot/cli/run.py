"""liqbot run: the bot."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

from liqbot.cli import options, terminal
from liqbot.clock import SystemClock

if TYPE_CHECKING:
    from liqbot.app import Bot
    from liqbot.config.shape import Config
    from liqbot.operations.state import StateFolder

_ALLOCATED = 100_000  # objects between two searches for rings, of which there are next to none
_LOOK_S = 0.25  # between two looks at how far the back-fill is


def run(*, config: options.ConfigFile = None) -> None:
    """Watch the markets and answer questions, until stopped."""
    from liqbot.operations.state import keep_compiled

    keep_compiled(os.environ, config)
    with terminal.progress("Loading", told=False):
        from liqbot import logs
        from liqbot.config.reading import load
        from liqbot.config.shape import Config
        from liqbot.operations.state import StateFolder

        given = Config() if config is None else load(config)
    gc.set_threshold(_ALLOCATED)
    operations = given.operations
    state = StateFolder.open(operations.state_dir)
    with state.lock(), _logged_to(state) as stream:
        logs.set_up(stream, os.environ, operations.log_form, operations.log_level)
        asyncio.run(_run(given, state))


@contextmanager
def _logged_to(state: "StateFolder") -> Iterator[TextIO]:
    """Give where log lines go: to a file where somebody types, as they would garble it."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        yield sys.stderr
        return
    path = state.path / "liqbot.log"
    with path.open("a", encoding="utf-8") as file:
        terminal.note(f"Log: {path}")
        yield file


async def _run(config: "Config", state: "StateFolder") -> None:
    """Run until the operator stops it, at the console or by a signal."""
    from liqbot.app import open_bot
    from liqbot.cli.database import address

    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    url = address(config).reveal()
    terminal.note(f"Watching {', '.join(config.markets)} on {', '.join(config.exchanges)}.")
    async with open_bot(config, SystemClock(), url=url, folder=state.path) as bot:
        async with _served(config, bot):
            tasks = [
                asyncio.create_task(each)
                for each in (*_listening(bot), stop.wait(), _shown_filling(bot))
            ]
            ended, _ = await asyncio.wait(tasks[:-1], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for task in ended:
                task.result()
        terminal.note("Stopping: what has begun is finished, within 5 s.")


def _listening(bot: "Bot") -> "list[Coroutine[Any, Any, None]]":
    return [each.listen() for each in bot.connections.values()]


@asynccontextmanager
async def _served(config: "Config", bot: "Bot") -> AsyncIterator[None]:
    """Serve health and metrics where the settings ask for it."""
    from liqbot.operations.server import serving

    operations = config.operations
    async with AsyncExitStack() as stack:
        if operations.metrics_port is not None:
            host, port = operations.metrics_host, operations.metrics_port
            at = await stack.enter_async_context(serving(bot.markets.status, host, port))
            terminal.note(f"Health and metrics: {at}/healthz, {at}/metrics")
        yield


async def _shown_filling(bot: "Bot") -> None:
    """Tell how much of the past has come, a line at each quarter: a bar would move while one types.

    What of it is never told counts as if it had come.
    """
    quarters = 0
    while (share := bot.markets.back_filling) < 1:
        if int(share * 4) > quarters:
            quarters = int(share * 4)
            bar = "━" * (5 * quarters) + "─" * (20 - 5 * quarters)
            _note_over_prompt(f"The past comes: {bar} {quarters * 25} %")
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), _LOOK_S)
    _note_over_prompt("The past is complete, as far as the venues tell it.")


def _note_over_prompt(line: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    terminal.note(line)
