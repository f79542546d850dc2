"""Where a venue is reached can be set, and is checked."""

import pytest

from liqbot.exchanges._ccxt.settings import CcxtSettings


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
