"""How true a map was and how often price got to what alerts told of, beside what nobody chose.

Drawn from figures, where the charts of the family are drawn from a History.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from liqbot.charts._canvas import Canvas
from liqbot.charts._geometry import Box
from liqbot.charts._page import AXIS, FOOTER, LABEL, TEXT, TITLE
from liqbot.charts._themes import THEMES, Theme, mixed
from liqbot.charts.chart import Picture, View
from liqbot.chat.numbers import Numbers

NOTE = "Bars are 95% intervals. What was is no promise of what will be."
LEAST = 20  # cases, below which nothing is said of them
BASELINES = ("price_only", "usual_recipe", "before")  # what a map's score stands beside

_WIDTH, _HEIGHT = 1024, 1280  # px
_LEFT, _RIGHT = 16.0, 1008.0
_AXIS = Box(232, 0, 848, 0)  # from 0 to 1
_VALUES = 868.0  # where figures stand
_MAPS, _RULES = 4, 5  # at most
_LINE, _GAP = 34.0, 18.0
_NAMES = {"price_only": "prices alone", "usual_recipe": "usual recipe", "before": "model before"}


@dataclass(frozen=True, slots=True)
class Skill:
    """How well one market's map explained hours that its fit had not seen."""

    base: str
    value: float  # 1 is perfect, 0 no skill
    beside: tuple[tuple[str, float], ...]  # of BASELINES, those that are known


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often price got to where a rule's alerts said, in one span of time."""

    span: str  # "30d"
    n: int
    share: float  # 0 … 1
    low: float  # 95 % interval
    high: float
    usual: float | None  # the same of levels at random moments; None: nobody knows

    @property
    def is_telling(self) -> bool:
        """Whether there are enough cases to say anything."""
        return self.n >= LEAST


@dataclass(frozen=True, slots=True)
class Record:
    """One rule's rates, a row each."""

    rule: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """All that is drawn."""

    title: str
    day: str
    simulated: bool
    skills: tuple[Skill, ...]
    records: tuple[Record, ...]  # those with most cases first


class _Sheet:
    """What is drawn on, how, and how far down."""

    def __init__(self, view: View) -> None:
        self.theme: Theme = THEMES[view.theme]
        self.canvas = Canvas(_WIDTH, _HEIGHT, 1, self.theme.ground)
        self.numbers = Numbers(view.locale, view.zone)
        self.y = 0.0

    def x(self, share: float) -> float:
        return _AXIS.x0 + min(max(share, 0.0), 1.0) * _AXIS.width


def draw_accuracy(card: Scorecard, view: View) -> Picture:
    """Draw a scorecard. Of the view, colours and ways of writing count."""
    sheet = _Sheet(view)
    canvas, theme = sheet.canvas, sheet.theme
    canvas.text(_LEFT, 44, card.title, TITLE, theme.text, bold=True)
    canvas.text(_LEFT, 96, card.day, AXIS, theme.muted)
    if card.simulated:
        _badge(sheet, "SIMULATED")
    sheet.y = 156
    told = [f"{card.title}, {card.day}.", *(["Simulated."] if card.simulated else [])]
    told += _draw_skills(sheet, card.skills[:_MAPS])
    told += _draw_records(sheet, card.records)
    canvas.text(_LEFT, 1254, NOTE, FOOTER, theme.muted)
    faint = mixed(theme.text, theme.ground, 0.35)
    canvas.text(_RIGHT, 1254, view.watermark, FOOTER, faint, bold=True, align="right")
    return Picture(
        png=canvas.png(),
        alt=" ".join([*told, NOTE])[:1024],
        width=_WIDTH,
        height=_HEIGHT,
        writings=tuple(canvas.writings),
    )


def _draw_skills(sheet: _Sheet, skills: Sequence[Skill]) -> list[str]:
    """Draw each map's score as a bar, and what it has to beat as marks on it."""
    canvas, theme = sheet.canvas, sheet.theme
    canvas.text(_LEFT, sheet.y, "The map, on hours no fit had seen", LABEL, theme.text, bold=True)
    sheet.y += 44
    if not skills:
        canvas.text(_LEFT, sheet.y, "The built-in model is not scored here.", TEXT, theme.muted)
        sheet.y += 64
        return ["The map is not scored."]
    x = _LEFT
    for name in BASELINES:
        _mark(sheet, name, x + 12, sheet.y)
        x = canvas.text(x + 32, sheet.y, _NAMES[name], TEXT, theme.muted).x1 + 28
    sheet.y += 32
    top = sheet.y
    _grid(sheet, top, top + len(skills) * (_LINE + _GAP), ("0", "0.5", "1 perfect"), 2)
    told = []
    for each in skills:
        sheet.y += _LINE
        y, end = sheet.y, sheet.x(each.value)
        canvas.text(_LEFT, y, canvas.fitting([each.base], LABEL, 200), LABEL, theme.text, bold=True)
        canvas.fill(Box(_AXIS.x0, y - 13, end, y + 13), theme.long)
        for name, value in each.beside:
            _mark(sheet, name, sheet.x(value), y)
        score = sheet.numbers.decimal(each.value, 2)
        canvas.text(_VALUES, y, score, LABEL, theme.text, bold=True)
        others = ", ".join(f"{_NAMES[k]} {sheet.numbers.decimal(v, 2)}" for k, v in each.beside)
        told.append(f"{each.base} {score}{f' ({others})' if others else ''}.")
        sheet.y += _GAP
    sheet.y += 84
    return told


def _draw_records(sheet: _Sheet, records: Sequence[Record]) -> list[str]:
    """Draw how often price got there, with its interval, beside levels at random moments."""
    canvas, theme = sheet.canvas, sheet.theme
    title = "Alerts: how often price got there"
    canvas.text(_LEFT, sheet.y, title, LABEL, theme.text, bold=True)
    sheet.y += 44
    if not records:
        canvas.text(_LEFT, sheet.y, "None has run its time yet.", TEXT, theme.muted)
        return ["No alert has run its time yet."]
    canvas.line([(_LEFT, sheet.y), (_LEFT + 56, sheet.y)], theme.long, 6)
    _dot(sheet, _LEFT + 28, sheet.y)
    x = canvas.text(_LEFT + 70, sheet.y, "alerts", TEXT, theme.muted).x1 + 44
    _diamond(sheet, x, sheet.y)
    canvas.text(x + 26, sheet.y, "levels at random moments", TEXT, theme.muted)
    sheet.y += 36
    room = 1186 - sheet.y
    fits = [*islice(_heights(records), _RULES)]
    count = sum(height <= room for height in fits)
    _grid(sheet, sheet.y - 4, sheet.y + fits[count - 1], ("0%", "25%", "50%", "75%", "100%"), 4)
    return [text for each in records[:count] for text in _draw_record(sheet, each)]


def _heights(records: Sequence[Record]) -> list[float]:
    """Return how tall so many of them are together, px."""
    total, found = 0.0, []
    for each in records:
        total += _LINE * (1 + len(each.rates)) + _GAP
        found.append(total)
    return found


def _draw_record(sheet: _Sheet, record: Record) -> list[str]:
    canvas, theme, numbers = sheet.canvas, sheet.theme, sheet.numbers
    sheet.y += _LINE / 2
    name = record.rule.replace("_", " ")
    canvas.text(_LEFT, sheet.y, name, TEXT, theme.text, bold=True, halo=6)
    told = []
    for rate in record.rates:
        sheet.y += _LINE
        y = sheet.y
        canvas.text(_LEFT + 4, y, rate.span, TEXT, theme.muted)
        canvas.text(_AXIS.x0 - 16, y, f"n {rate.n:,}", TEXT, theme.muted, align="right")
        if not rate.is_telling:
            canvas.text(_AXIS.x0 + 12, y, "too few to tell", TEXT, theme.muted, halo=6)
            continue
        canvas.line([(sheet.x(rate.low), y), (sheet.x(rate.high), y)], theme.long, 6)
        if rate.usual is not None:
            _diamond(sheet, sheet.x(rate.usual), y)
        _dot(sheet, sheet.x(rate.share), y)
        canvas.text(_VALUES, y, numbers.share(rate.share), TEXT, theme.text, bold=True)
        usual = "" if rate.usual is None else f", at random {numbers.share(rate.usual)}"
        told.append(f"{rate.span} {numbers.share(rate.share)} of {rate.n:,}{usual}")
    sheet.y += _LINE / 2 + _GAP
    return [f"{name}: {'; '.join(told) or 'too few to tell'}."]


def _grid(sheet: _Sheet, top: float, bottom: float, labels: Sequence[str], parts: int) -> None:
    """Draw lines down from equal shares of the axis, with what they mean below."""
    for i, text in enumerate(labels):
        x = sheet.x(i / parts)
        sheet.canvas.fill(Box(x - 1, top, x + 2, bottom), sheet.theme.grid)
        sheet.canvas.text(x, bottom + 22, text, TEXT, sheet.theme.muted, align="centre")


def _mark(sheet: _Sheet, name: str, x: float, y: float) -> None:
    """Mark a baseline by a shape of its own."""
    canvas, theme = sheet.canvas, sheet.theme
    if name == "price_only":
        canvas.fill(Box(x - 5, y - 20, x + 5, y + 20), theme.ground)
        canvas.fill(Box(x - 2, y - 18, x + 3, y + 18), theme.short)
    elif name == "usual_recipe":
        _diamond(sheet, x, y)
    else:
        canvas.ring(x, y, 9, theme.ground, 9)
        canvas.ring(x, y, 9, theme.text, 4)


def _badge(sheet: _Sheet, text: str) -> None:
    canvas, ground = sheet.canvas, sheet.theme.simulated
    box = Box(_RIGHT - canvas.measure(text, TEXT, bold=True) - 20, 78, _RIGHT, 114)
    canvas.rounded(box, 8, fill=ground)
    ink = sheet.theme.signal_text
    canvas.text(*box.middle, text, TEXT, ink, bold=True, align="centre", ground=ground)


def _dot(sheet: _Sheet, x: float, y: float) -> None:
    sheet.canvas.rounded(Box(x - 11, y - 11, x + 11, y + 11), 11, fill=sheet.theme.long)


def _diamond(sheet: _Sheet, x: float, y: float) -> None:
    for reach, colour in ((15, sheet.theme.ground), (11, sheet.theme.short)):
        points = [(x - reach, y), (x, y - reach), (x + reach, y), (x, y + reach)]
        sheet.canvas.polygon(points, colour)
