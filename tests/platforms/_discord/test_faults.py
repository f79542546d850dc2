"""Every error of discord.py is a message delayed, or one that will never arrive."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from discord import errors

from liqbot.clock import SteppedClock
from liqbot.errors import DeliveryDelayed, DeliveryRefused
from liqbot.platforms._discord.faults import delivering, delivery_error
from tests.fakes.desk import AT

# All that the client of discord.py raises: a new one has to be thought of here.
DELAYED: dict[str, tuple[Any, ...]] = {
    "DiscordException": (),
    "ClientException": (),
    "FFmpegProcessError": (),
    "GatewayNotFound": (),
    "HTTPException": (SimpleNamespace(status=400, reason="Bad"), {"code": 50035, "message": "x"}),
    "DiscordServerError": (SimpleNamespace(status=503, reason="Away"), "<html>"),
    "RateLimited": (40.0,),
    "InvalidData": (),
    "LoginFailure": (),
    "ConnectionClosed": (SimpleNamespace(close_code=4000),),
    "PrivilegedIntentsRequired": (0,),
    "InteractionResponded": (SimpleNamespace(response=SimpleNamespace(_response_type=None)),),
    "MissingApplicationID": (),
}
REFUSED: dict[str, tuple[Any, ...]] = {
    "Forbidden": (SimpleNamespace(status=403, reason="No"), {"code": 50001, "message": "x"}),
    "NotFound": (SimpleNamespace(status=404, reason="No"), {"code": 10003, "message": "x"}),
}


def made(name: str, arguments: tuple[Any, ...]) -> Exception:
    kind = getattr(errors, name)
    if name == "ConnectionClosed":
        return kind(*arguments, shard_id=0)  # type: ignore[no-any-return]
    return kind(*arguments)  # type: ignore[no-any-return]


def an_answer(status: int, code: int = 0, wait: str = "") -> discord.HTTPException:
    response: Any = SimpleNamespace(
        status=status, reason="", headers={"Retry-After": wait} if wait else {}
    )
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    return kind(response, {"code": code, "message": "said"} if code else "<html>")


def test_none_is_forgotten() -> None:
    known = {
        name
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, discord.DiscordException)
    }
    assert known == DELAYED.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", [*DELAYED, *REFUSED])
def test_every_error_means_something(name: str) -> None:
    error = made(name, (DELAYED | REFUSED)[name])
    expected = DeliveryDelayed if name in DELAYED else DeliveryRefused
    with pytest.raises(expected), delivering(SteppedClock(AT)):
        raise error


@pytest.mark.parametrize(
    "error",
    [
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientPayloadError(),
        ConnectionResetError(),
        TimeoutError(),
        RuntimeError("Session is closed"),
        ValueError("half of the JSON"),
        TypeError("a page for people"),
        KeyError("id"),
    ],
)
def test_what_comes_through_the_library_is_delayed(error: Exception) -> None:
    with pytest.raises(DeliveryDelayed) as raised, delivering(SteppedClock(AT)):
        raise error
    assert type(error).__name__ in str(raised.value)


@pytest.mark.parametrize(
    ("status", "code", "is_refused"),
    [
        (404, 10003, True),
        (404, 10008, True),
        (403, 50001, True),
        (403, 50007, True),
        (403, 50013, True),
        (403, 99999, True),
        (400, 50033, True),
        (400, 50083, True),
        (400, 50035, False),  # the message is wrong, not the chat
        (401, 0, False),  # the token is wrong, not the chat
        (403, 0, False),  # a proxy says so
        (404, 0, False),
        (413, 40005, False),
        (500, 0, False),
        (503, 0, False),
        (529, 0, False),
    ],
)
def test_only_what_discord_says_of_a_chat_ends_it(status: int, code: int, is_refused: bool) -> None:
    found = delivery_error(an_answer(status, code), AT)
    assert isinstance(found, DeliveryRefused if is_refused else DeliveryDelayed)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (discord.RateLimited(40.0), 40),
        (an_answer(429, wait="7"), 7),
        (an_answer(429, wait="Wed, 21 Oct"), None),
        (an_answer(429), None),
    ],
)
def test_how_long_to_wait_is_passed_on(error: Exception, seconds: float | None) -> None:
    found = delivery_error(error, AT)
    assert isinstance(found, DeliveryDelayed)
    waits = None if found.retry_at is None else (found.retry_at - AT).total_seconds()
    assert waits == seconds
