"""The golden transcript; `uv run python -m tests.scenarios.golden` writes it anew."""

import asyncio
from pathlib import Path

from tests.scenarios.markets import SHOCK_H, falling
from tests.scenarios.playing import Told, moments, played

FILE = Path(__file__).parent / "cascade.txt"


async def cascade() -> Told:
    """Let longs build up over three days and fire within twelve minutes."""
    stage = falling("BTC")
    close = stage.at_ms(SHOCK_H - 0.05), stage.at_ms(SHOCK_H + 0.5)
    looks = moments(stage.at_ms(SHOCK_H - 3), stage.at_ms(SHOCK_H + 1), [close])
    return await played([stage], looks)


def main() -> None:
    """Write the golden transcript."""
    FILE.write_text(asyncio.run(cascade()).transcript, "utf-8")


if __name__ == "__main__":
    main()
