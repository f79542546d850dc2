import discord

from liqbot.platforms._discord.endpoint import pointed


def where() -> tuple[str, str]:
    return discord.http.Route.BASE, str(discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY)


def test_other_addresses_hold_until_the_end_of_the_block() -> None:
    before = where()
    with pointed("http://127.0.0.1:1/api/v10/", "ws://127.0.0.1:1"):
        assert where() == ("http://127.0.0.1:1/api/v10", "ws://127.0.0.1:1")
        with pointed(None, None):
            assert where() == ("http://127.0.0.1:1/api/v10", "ws://127.0.0.1:1")
    assert where() == before == ("https://discord.com/api/v10", "wss://gateway.discord.gg/")
