"""Composition root: a Config becomes a running bot; the one place that opens members."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from numpy.random import Generator

from liqbot.clock import Clock
from liqbot.config.shape import Config
from liqbot.errors import ConfigError
from liqbot.exchanges import EXCHANGES
from liqbot.exchanges.exchange import Opened


@asynccontextmanager
async def open_exchanges(
    config: Config, clock: Clock, chance: Generator
) -> AsyncIterator[dict[str, Opened]]:
    """Open what is enabled; give it by venue, in the order configured, and close it after.

    Raise ConfigError where two sections bring the same venue.
    """
    async with AsyncExitStack() as stack:
        opened: dict[str, Opened] = {}
        brought: dict[str, str] = {}
        for name, settings in config.exchanges.items():
            exchange = EXCHANGES[name]
            for each in await stack.enter_async_context(exchange.open(settings, clock, chance)):
                venue = each.source.venue
                if venue in opened:
                    raise ConfigError(
                        f"[exchanges.{name}] and [exchanges.{brought[venue]}] both bring {venue};"
                        " keep one"
                    )
                opened[venue], brought[venue] = each, name
        yield opened
