"""/start — what this is, and what to try first."""

from liqbot.chat.message import Button, Message
from liqbot.chat.richtext import Bold, Code, Dim
from liqbot.commands.command import Caller, Command, NoArguments
from liqbot.desk import Desk

_TRIED = 5  # markets to begin with


async def _run(desk: Desk, _: Caller, __: NoArguments) -> Message:
    bases = list(dict.fromkeys(each.base for each in desk.markets.known()))
    first = next(iter(bases), "BTC")
    row = tuple(
        Button(base, f"/heatmap {base}") for base in bases[:_TRIED] if len(base.encode()) < 32
    )
    rest = (Button("What else?", "/help"), Button("What is seen?", "/status"))
    return Message(
        text=(
            (Bold("liqbot"), " shows where leveraged positions would be liquidated."),
            (
                "It reads open interest, prices and forced orders of exchanges and estimates at ",
                "which prices positions opened with borrowed money would be closed by force.",
            ),
            ("Try ", Code(f"/heatmap {first}"), " or ", Code(f"/levels {first}"), "."),
            (Code(f"/subscribe {first} near"), " tells you when price comes near a cluster."),
            (
                Dim(
                    "Modelled, not measured: an estimate of what would fire if price went there. "
                    "Not a forecast. Not advice."
                ),
            ),
        ),
        buttons=(row, rest) if row else (rest,),
    )


COMMAND = Command(
    name="start",
    summary="Say what this is and what to try first",
    arguments=NoArguments,
    run=_run,
)
