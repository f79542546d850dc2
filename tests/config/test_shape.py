"""Every section of config.toml, and what they refuse."""

import subprocess
import sys

import pytest

from liqbot.config.shape import Config
from tests.config.conftest import mistakes

SHOWN = "no secret belongs in this file, which gets shown"
LIKE = "Try BTC, BTC/USDT or bybit:BTC/USDT:USDT."


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("markets = []", "markets: names none; try BTC, ETH"),
        (
            "markets = ['BTC', '?', 'a b']",
            f"markets: “?” is not a market. {LIKE} “a b” is not a market. {LIKE}",
        ),
        ("markets = ['BTC', 'ETH', 'xbt']", "markets: BTC and xbt are the same"),
        ("markets = 'BTC'", 'markets = "BTC": must be a list, each a text'),
        ("[exchanges.binanse]", None),
        ("[jobs.watch_market]", "jobs.watch_market: unknown; did you mean watch_markets?"),
        (
            "[operations]\nmetrics_host = '::'",
            'operations.metrics_host = "::": must be 127.0.0.1 or ::1; did you mean ::1?',
        ),
        (
            "[operations]\nmetrics_port = 0",
            "operations.metrics_port = 0: must be a whole number at least 1 and at most 65535",
        ),
        (
            "[database]\nurl = 'sqlite:///a'\nurl_file = 'b'",
            "database: there is a url and a url_file; keep one",
        ),
        (
            "[database]\npassword = 's3cr3t'",
            f"database.password: {SHOWN}; there is url, url_file",
        ),
    ],
)
def test_what_is_wrong_with_a_section_is_told(toml: str, said: str | None) -> None:
    (line,) = mistakes(Config, toml)
    assert line == said or (said is None and line.startswith("exchanges.binanse: unknown; "))


def test_a_password_in_a_databases_address_is_refused_and_not_told() -> None:
    for url in ("postgresql://me:s3cr3t@host/x", "postgresql://host/x?user=me&password=s3cr3t"):
        (line,) = mistakes(Config, f"[database]\nurl = '{url}'")
        assert line.startswith("database: url has a password in it")
        assert "LIQBOT_DATABASE_URL" in line
        assert "s3cr3t" not in line


def test_the_defaults_import_no_exchange() -> None:
    asked = (
        "import sys; from liqbot.config.shape import Config; Config(); print('ccxt' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"
