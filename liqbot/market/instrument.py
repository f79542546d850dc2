"""Which perpetual contract, on which venue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instrument:
    """A linear perpetual contract on one venue."""

    venue: str  # the exchange's file stem: "binance"
    base: str  # "BTC"
    quote: str  # "USDT"

    @property
    def symbol(self) -> str:
        """The symbol as ccxt unifies it: BTC/USDT:USDT."""
        return f"{self.base}/{self.quote}:{self.quote}"

    @property
    def folder(self) -> str:
        """The name of its folder in a recording: BTC-USDT."""
        return f"{self.base}-{self.quote}"
