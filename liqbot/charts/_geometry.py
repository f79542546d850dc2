"""Places on a picture, in pixels of the smallest size: x to the right, y downward."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: the upper left corner belongs to it, the lower right does not."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """The extent to the right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """The extent downward."""
        return self.y1 - self.y0

    @property
    def middle(self) -> tuple[float, float]:
        """The centre, (x, y)."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def grown(self, x: float, y: float) -> "Box":
        """Return the box with so much more on every side; negative shrinks it."""
        return Box(self.x0 - x, self.y0 - y, self.x1 + x, self.y1 + y)

    def holds(self, other: "Box") -> bool:
        """Tell whether the other lies within."""
        across = self.x0 <= other.x0 and other.x1 <= self.x1
        return across and self.y0 <= other.y0 and other.y1 <= self.y1

    def overlaps(self, other: "Box") -> bool:
        """Tell whether the two share any area."""
        return (
            self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A piece of text on a picture and the box its ink fills."""

    text: str
    size: float  # of the font
    box: Box
    colour: str  # "#RRGGBB"
    ground: str  # what it stands on, "#RRGGBB"
