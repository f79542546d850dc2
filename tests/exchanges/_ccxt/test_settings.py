"""Where a venue is reached can be set, and is checked."""

import pytest

from liqbot.config.reading import decode
from liqbot.errors import ConfigError
from liqbot.exchanges._ccxt.settings import AddressedSettings, CcxtSettings


def test_every_setting_has_a_default() -> None:
    assert CcxtSettings().base_url is None


def test_mirrors_are_addresses() -> None:
    settings = CcxtSettings(base_url="https://mirror.example/api", ws_url="wss://mirror.example")
    assert settings.base_url == "https://mirror.example/api"


@pytest.mark.parametrize("url", ["", "mirror", "ws://mirror", "http://", "http://x?token=1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base_url must be like http://"):
        CcxtSettings(base_url=url)


def test_a_socket_is_no_page() -> None:
    with pytest.raises(ValueError, match="ws_url must be like ws://"):
        CcxtSettings(ws_url="http://mirror")


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="user name or password") as raised:
        CcxtSettings(base_url="https://me:hunter2@mirror")
    assert "hunter2" not in str(raised.value)


ANN = "0x" + "aB" * 20


def test_addresses_are_counted_once_whatever_their_case() -> None:
    assert AddressedSettings(addresses=(ANN, ANN.lower())).holders == (ANN.lower(),)


@pytest.mark.parametrize("wrong", ["", ANN[2:], ANN + "0", ANN[:-1] + "g", f" {ANN}", ANN + "\n"])
def test_what_is_no_address_of_a_holder_is_refused_and_not_repeated(wrong: str) -> None:
    with pytest.raises(ValueError, match="number 2 is not 0x and 40 hex digits") as raised:
        AddressedSettings(addresses=(ANN, wrong))
    assert "aB" not in str(raised.value)


def test_addresses_are_bounded() -> None:
    many = tuple(f"0x{number:040x}" for number in range(51))
    assert len(AddressedSettings(addresses=many[:50]).holders) == 50
    with pytest.raises(ValueError, match="51 are listed, of at most 50"):
        AddressedSettings(addresses=many)


def test_nobody_is_sought_who_is_not_asked_for() -> None:
    assert AddressedSettings().leaderboard == 0


@pytest.mark.parametrize("count", [-1, 201, 10.5, "100", True])
def test_no_more_large_accounts_are_sought_than_can_be_asked_about(count: object) -> None:
    with pytest.raises(ConfigError) as raised:
        decode(AddressedSettings, {"leaderboard": count}, "exchanges.hyperliquid")
    assert str(raised.value).startswith("exchanges.hyperliquid.leaderboard = ")
    assert str(raised.value).endswith(": must be a whole number at least 0 and at most 200")
    for fine in (0, 200):
        assert decode(AddressedSettings, {"leaderboard": fine}).leaderboard == fine


def test_a_place_is_checked_beside_addresses() -> None:
    with pytest.raises(ValueError, match="base_url must be like"):
        AddressedSettings(base_url="nowhere", addresses=(ANN,))
