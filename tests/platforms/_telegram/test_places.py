import pytest

from liqbot.chat.message import ChatId
from liqbot.errors import DeliveryRefused
from liqbot.platforms._telegram.places import Place, place_of

PLACES = {
    "user:7": Place(7),
    "-4100": Place(-4100),
    "-1001900": Place(-1001900),
    "-1001900/17": Place(-1001900, 17),
}


@pytest.mark.parametrize("address", PLACES)
def test_an_address_is_a_place_and_back(address: str) -> None:
    chat = ChatId("telegram", address)
    assert place_of(chat) == PLACES[address]
    assert PLACES[address].id == chat


def test_the_place_of_one_user_is_theirs_alone() -> None:
    assert not Place(7).is_shared
    assert Place(-4100).is_shared
    assert Place(7).id == ChatId.private("telegram", "7")


@pytest.mark.parametrize("address", ["", "7", "user:", "user:-7", "-1/", "-1/x", "user:７x", "x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(DeliveryRefused, match="is no chat of Telegram"):
        place_of(ChatId("telegram", address))
