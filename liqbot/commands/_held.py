"""The positions that are watched for a caller, and how one is let go."""

from liqbot.alerting.subscription import Subscription
from liqbot.chat.facts import venue_name
from liqbot.chat.message import Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import shorten
from liqbot.commands._own import owned, recipient_of
from liqbot.commands.command import Caller
from liqbot.desk import Desk
from liqbot.errors import CommandError
from liqbot.market.holding import Holding

_TEXT = 2000  # characters


async def held(desk: Desk, caller: Caller) -> tuple[tuple[Subscription, Holding], ...]:
    """Return the positions that are watched for a caller, and for nobody else."""
    there = [(each, each.wish.holding) for each in await owned(desk, caller)]
    return tuple((each, holding) for each, holding in there if holding is not None)


async def let_go(desk: Desk, caller: Caller, number: int | None) -> Message:
    """Watch a position of a caller no more, or none of theirs.

    Raise CommandError for none: the same for one that belongs to others as for one that is not.
    """
    found = [each for each in await held(desk, caller) if number in {None, each[0].id}]
    if not found:
        which = "positions" if number is None else f"position {number}"
        raise CommandError(f"You have no {which} watched; /watch lists them.")
    for each, _ in found:
        await desk.ledger.subscriptions.delete(each.id)
    _, numbers = await recipient_of(desk, caller)
    text = tuple(
        (f"Watched no more: #{each.id} {described(each.wish.base, holding, numbers)}",)
        for each, holding in found
    )
    return Message(
        text=shorten(text, _TEXT), buttons=((Button("My positions", "watch"),),), private=True
    )


def described(base: str, holding: Holding, numbers: Numbers) -> str:
    """Write a position as its reader writes figures."""
    said = f"{base} {holding.side} {numbers.price(holding.entry)} {holding.leverage:g}x"
    said += "" if holding.stop is None else f", stop {numbers.price(holding.stop)}"
    said += f", {holding.quantity:g} {base}" if holding.quantity else ""
    return f"{said} on {venue_name(holding.venue)}" if holding.venue else said
