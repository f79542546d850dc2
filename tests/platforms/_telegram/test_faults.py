from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import telegram.error
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    PassportDecryptionError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from liqbot.clock import SteppedClock
from liqbot.errors import ChatMoved, DeliveryDelayed, DeliveryError, DeliveryRefused
from liqbot.platforms._telegram.faults import (
    delivery_error,
    is_about_file,
    is_gone,
    is_unchanged,
    told,
    wait_of,
)

AT = datetime(2026, 1, 7, tzinfo=UTC)
TOKEN = "123456:AAE-secret"
MEANT: dict[type[TelegramError], tuple[TelegramError, type[DeliveryError]]] = {
    BadRequest: (BadRequest("Bad Request: message text is empty"), DeliveryDelayed),
    ChatMigrated: (ChatMigrated(-1001900), ChatMoved),
    Conflict: (Conflict("terminated by other getUpdates request"), DeliveryDelayed),
    EndPointNotFound: (EndPointNotFound("x"), DeliveryDelayed),
    Forbidden: (Forbidden("Forbidden: bot was blocked by the user"), DeliveryRefused),
    InvalidToken: (InvalidToken(f"The token `{TOKEN}` was rejected"), DeliveryDelayed),
    NetworkError: (NetworkError("httpx.ReadError: "), DeliveryDelayed),
    PassportDecryptionError: (PassportDecryptionError("x"), DeliveryDelayed),
    RetryAfter: (RetryAfter(7), DeliveryDelayed),
    TelegramError: (TelegramError("Invalid server response"), DeliveryDelayed),
    TimedOut: (TimedOut(), DeliveryDelayed),
}


def every_error() -> Iterator[type[TelegramError]]:
    for each in vars(telegram.error).values():
        if isinstance(each, type) and issubclass(each, TelegramError):
            yield each


def test_it_is_said_of_every_error_of_the_library_what_it_means() -> None:
    assert set(every_error()) == set(MEANT)


@pytest.mark.parametrize("kind", MEANT)
def test_an_error_of_the_library_is_one_of_ours(kind: type[TelegramError]) -> None:
    error, meant = MEANT[kind]
    found = delivery_error(error, AT)
    assert type(found) is meant
    assert TOKEN not in str(found)


def test_a_limit_says_when_to_come_again_and_a_move_where() -> None:
    delayed = delivery_error(RetryAfter(timedelta(seconds=7)), AT)
    assert isinstance(delayed, DeliveryDelayed)
    assert delayed.retry_at == AT + timedelta(seconds=7)
    moved = delivery_error(ChatMigrated(-1001900), AT)
    assert isinstance(moved, ChatMoved)
    assert moved.moved_to == "-1001900"


@pytest.mark.parametrize(
    "said",
    [
        "Bad Request: chat not found",
        "Bad Request: group chat was deactivated",
        "Bad Request: message to edit not found",
        "Bad Request: message thread not found",
        "Bad Request: not enough rights to send text messages to the chat",
        "Bad Request: need administrator rights in the channel chat",
        "Bad Request: TOPIC_CLOSED",
    ],
)
def test_what_cannot_be_written_to_is_refused(said: str) -> None:
    assert is_gone(BadRequest(said))
    assert isinstance(delivery_error(BadRequest(said), AT), DeliveryRefused)


def test_a_refusal_says_what_telegram_said() -> None:
    found = delivery_error(Forbidden("Forbidden: bot was blocked by the user"), AT)
    assert str(found) == "Telegram says: Forbidden: bot was blocked by the user"


def test_only_what_was_surely_not_taken_is_tried_again() -> None:
    class ConnectError(Exception): ...

    unsent, lost = NetworkError("httpx.ConnectError"), NetworkError("httpx.ReadError")
    unsent.__cause__ = ConnectError()
    assert wait_of(RetryAfter(7)) == 7
    assert wait_of(unsent) == 1
    assert wait_of(lost) is None
    assert wait_of(TimedOut()) is None
    assert wait_of(Forbidden("x")) is None


def test_a_message_that_reads_already_so_is_unchanged() -> None:
    assert is_unchanged(BadRequest("Bad Request: message is not modified: specified new …"))
    assert not is_unchanged(BadRequest("Bad Request: message to edit not found"))


def test_a_chat_may_take_no_pictures() -> None:
    assert is_about_file(BadRequest("Bad Request: not enough rights to send photos to the chat"))
    assert is_about_file(BadRequest("Bad Request: PHOTO_INVALID_DIMENSIONS"))
    assert not is_about_file(BadRequest("Bad Request: chat not found"))


async def test_no_error_of_ours_knows_of_one_that_holds_the_token() -> None:
    async def fail() -> None:
        raise InvalidToken(f"The token `{TOKEN}` was rejected")

    with pytest.raises(DeliveryDelayed) as caught:
        await told(fail(), SteppedClock(AT))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    with pytest.raises(InvalidToken):
        await told(fail(), SteppedClock(AT), InvalidToken)
