"""How figures are written: by locale, short enough for a phone, never rounded to nothing."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from math import floor, isfinite, log10
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
_REMEMBERED = 8192  # many are told the same at once, and a locale's rules take their time
_SMALL = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Writes figures the way a locale does, and times in a zone."""

    locale: str
    zone: str

    def decimal(self, value: float, decimals: int, *, grouped: bool = True) -> str:
        """Write a number with so many decimals and a true minus sign."""
        pattern = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
        return _formatted(value, pattern, self.locale)

    def price(self, value: float, significant: int = 5) -> str:
        """Write a price with so many digits; whole ones always in full, tiny ones at least 4."""
        return self.decimal(value, _decimals(value, significant))

    def level(self, value: float) -> str:
        """Write a price with 4 digits for tight places: 0.0₄1230 counts its zeros."""
        if 0 < abs(value) < 1e-3:
            return self._tiny(value, _decimals(value, 4))
        return self.price(value, 4)

    def tick(self, value: float, step: float) -> str:
        """Write a round price, with the decimals that its step needs."""
        decimals = max(0, -floor(log10(step) + 1e-9))
        if round(step * 10**decimals, 6) % 1:
            decimals += 1
        if abs(value) < 1e-3:
            return self._tiny(value, decimals)
        return self.decimal(value, decimals, grouped=abs(value) < 1e6)

    def usd(self, value: float, significant: int = 3) -> str:
        """Write dollars to so many digits: $142M."""
        for unit, suffix in _UNITS:
            if value >= unit * 0.9995:
                scaled = value / unit
                decimals = _decimals(max(scaled, 1.0), significant)
                return f"${self.decimal(scaled, decimals)}{suffix}"
        return f"${self.decimal(value, 0)}"

    def usd_in_words(self, value: float) -> str:
        """Write dollars for reading aloud: about 142 million dollars."""
        words = {"T": " trillion", "B": " billion", "M": " million", "K": " thousand"}
        shown = self.usd(value).removeprefix("$")
        return f"about {shown.rstrip('TBMK')}{words.get(shown[-1], '')} dollars"

    def usd_tick(self, value: float) -> str:
        """Write dollars without trailing zeros: $1.5M."""
        for unit, suffix in _UNITS:
            if value >= unit * 0.9995:
                return f"${format_decimal(value / unit, '0.##', self.locale)}{suffix}"
        return f"${format_decimal(value, '0.##', self.locale)}"

    def percent(self, fraction: float, decimals: int = 1) -> str:
        """Write a signed percentage: +1.9%."""
        shown = self.decimal(abs(fraction) * 100, decimals)
        return f"{'−' if fraction < 0 else '+'}{shown}%"

    def share(self, fraction: float) -> str:
        """Write a whole percentage without a sign: 62%."""
        return f"{self.decimal(fraction * 100, 0)}%"

    def ratio(self, ratio: float) -> str:
        """Write one number to one: 2.4:1."""
        if not isfinite(ratio) or ratio >= 99.5:
            return "over 99:1"
        return f"{self.decimal(ratio, 1 if ratio < 9.95 else 0)}:1"

    def local(self, at: datetime) -> datetime:
        """Return the same moment in the reader's zone."""
        return at.astimezone(ZoneInfo(self.zone))

    def day(self, at: datetime) -> str:
        """Write a day of the year, as the locale writes it: 20 Jan."""
        return format_date(at, "d MMM", locale=self.locale).rstrip(".")

    def _tiny(self, value: float, decimals: int) -> str:
        """0.0₄123: the small figure counts the zeros."""
        digits = f"{value:.{decimals}f}"[2:]
        zeros = len(digits) - len(digits.lstrip("0"))
        point = self.decimal(0.1, 1)[1:-1]
        return (
            f"0{point}0{str(zeros).translate(_SMALL)}{digits[zeros:]}"
            if zeros > 3
            else (self.decimal(value, decimals))
        )


@lru_cache(_REMEMBERED)
def _formatted(value: float, pattern: str, locale: str) -> str:
    return format_decimal(value, pattern, locale).replace("-", "−")


def _decimals(value: float, significant: int) -> int:
    if value == 0 or not isfinite(value):
        return 0
    if abs(value) < 1e-2:
        significant = min(significant, 4)
    rounded = f"{Decimal(str(value)):.{significant - 1}e}"  # 9.996 is 10.0, not 10.00
    return max(0, significant - 1 - int(rounded.partition("e")[2]))
