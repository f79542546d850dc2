"""The cascade walk, worked out from what it means and in exact numbers."""

from collections.abc import Sequence
from fractions import Fraction


def walked(
    forced: Sequence[float], resting: Sequence[float], reached: int
) -> tuple[list[Fraction], Fraction]:
    """Return the share of each step that price goes through, and what waits at the end.

    What waits at a step pushed through is the most by which any run of steps that ends there
    fires more than rests in it. From there on price goes as far as the sum of what fires, with
    what waits, exceeds what rests at every place before.
    """
    net = [Fraction(f) - Fraction(d) for f, d in zip(forced, resting, strict=True)]
    waits = max(sum(net[first:reached], Fraction(0)) for first in range(reached + 1))
    shares = [Fraction(1)] * reached
    for row in range(reached, len(net)):
        before = waits + sum(net[reached:row], Fraction(0))
        after = before + net[row]
        if after > 0:
            shares.append(Fraction(1))
            continue
        part = before / -net[row] if net[row] else Fraction(0)
        return [*shares, part, *[Fraction(0)] * (len(net) - row - 1)], Fraction(0)
    return shares, waits + sum(net[reached:], Fraction(0))
