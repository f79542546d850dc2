"""/test — a sample of an alert, and what would become of one now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from liqbot.alerting.quiet import Mode
from liqbot.alerting.showing import sample, shown
from liqbot.alerting.speaking import MINE
from liqbot.alerting.subscription import Recipient
from liqbot.charts.chart import View
from liqbot.chat.arguments import MARKET
from liqbot.chat.message import Attachment, Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold
from liqbot.commands._own import moment, recipient_of
from liqbot.commands._picture import attached
from liqbot.commands.command import Caller, Command, view_of
from liqbot.desk import Desk
from liqbot.errors import CommandError
from liqbot.market.instrument import MarketQuery
from liqbot.market.units import Price
from liqbot.rules import RULES
from liqbot.rules.rule import Severity

_RULE = "cluster_approach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Of which market; the first that is watched without."""

    market: Annotated[MarketQuery | None, MARKET] = None


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    base = asked.market.base if asked.market else _first(desk)
    recipient, numbers = await recipient_of(desk, caller)
    mark, picture = await _drawn(desk, base, view_of(desk.view, recipient))
    at, rule = desk.clock.now(), RULES[_RULE]
    alert = shown(rule, (sample(base, mark),), numbers, at, at, simulated=True)
    return Message(
        text=(
            (Bold("SAMPLE"), " with made-up numbers; alerts look like this:"),
            *alert,
            (_fate(recipient, base, at, numbers),),
        ),
        picture=picture,
        buttons=((Button(MINE, "/alerts"), Button("+ New", "/subscribe")),),
        private=True,
    )


def _first(desk: Desk) -> str:
    known = desk.markets.known()
    if not known:
        raise CommandError("No market is watched yet; /status says why. Try again in a minute.")
    return known[0].base


async def _drawn(desk: Desk, base: str, view: View) -> tuple[Price | None, Attachment | None]:
    """Return a market's price and picture, as far as they can be had."""
    chart, mark = RULES[_RULE].chart, None
    try:
        history = await desk.markets.history(MarketQuery(base), view.range)
        mark = history.snapshot.mark
        drawn = await desk.studio.draw(chart, history, view)
    except CommandError:
        return mark, None  # words show enough of what an alert looks like
    return mark, attached(chart, history, drawn)


def _fate(recipient: Recipient, base: str, at: datetime, numbers: Numbers) -> str:
    """Say what would become of an alert now."""
    if recipient.disabled:
        return f"None would be sent: {recipient.disabled}. /alerts resume mends it."
    if muted := [each.until for each in recipient.mutes if each.covers(base, at)]:
        return f"None would be sent now: {base} is muted until {moment(max(muted), numbers)}."
    hush = recipient.hush(Severity.INFO, at)
    if hush is None:
        return "One would be sent at once."
    mode, until = hush
    becomes = {
        Mode.DIGEST: "One would be held",
        Mode.SILENT: "One would come without a sound",
        Mode.DROP: "None would be sent",
    }
    return f"{becomes[mode]}: it is quiet until {moment(until, numbers)}."


COMMAND = Command(
    name="test",
    summary="Show what an alert looks like, and whether one would come now",
    arguments=Arguments,
    run=_run,
    personal=True,
    draws=True,
)
