"""Log lines: their two forms, and what they hide."""

import io
import json
import logging
from collections.abc import Iterator, Mapping

import pytest

from liqbot.logs import _CHATTY, Form, Level, handler, hide, set_up

TELEGRAM = "8123456789:AAH" + "x-Y_z" * 6 + "ab"
DISCORD = "MTA0" + "Nzk3" * 5 + "MQ.GhT_9k." + "aB-3" * 9 + "xy"


def written(
    message: str,
    form: Form = "json",
    environ: Mapping[str, str] = {},
    **more: object,
) -> str:
    stream = io.StringIO()
    values: dict[str, object] = {
        "name": "liqbot.test",
        "levelname": "WARNING",
        "levelno": logging.WARNING,
        "msg": message,
        "created": 1_772_366_400.25,
        **more,
    }
    handler(stream, environ, form).handle(logging.makeLogRecord(values))
    return stream.getvalue()


def test_a_json_line_holds_the_message_and_its_facts() -> None:
    assert json.loads(written("polled", market="BTC", gaps=2)) == {
        "event": "polled",
        "level": "warning",
        "logger": "liqbot.test",
        "timestamp": "2026-03-01T12:00:00.250+00:00",
        "market": "BTC",
        "gaps": 2,
    }


def test_a_json_line_can_hold_anything() -> None:
    assert json.loads(written("×\n“", venue={"binance"}))["event"] == "×\n“"


def test_a_console_line_is_for_reading() -> None:
    line = written("polled", "console", market="BTC")
    assert line.startswith("2026-03-01T12:00:00.250+00:00 [warning")
    assert "polled" in line
    assert "market=BTC" in line
    assert "\x1b" not in line
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    "secret",
    [
        TELEGRAM,
        f"https://api.telegram.example/bot{TELEGRAM}/getMe",
        DISCORD,
        f"Authorization: Bot {DISCORD}",
        "https://discord.example/api/webhooks/123456789/aB-3_xYz",
        "postgresql+asyncpg://liqbot:s3cr3t@localhost/liqbot",
        "postgresql://liqbot:s3@cr3t@localhost/liqbot",
        "postgresql+asyncpg://liqbot:s3/cr3t@localhost:5432/liqbot?ssl=1",
        "postgresql+asyncpg://:s3:cr3t@[::1]:5432/liqbot",
        "postgresql://localhost/liqbot?user=me&password=s3cr3t",
        "redis://:s3cr3t@localhost:6379/0",
        "https://venue.example/v1/orders?symbol=BTC&signature=5ec3e7&x=1",
        "https://venue.example/v1/orders?apiKey=5ec3e7",
    ],
)
def test_what_looks_like_a_secret_is_hidden(secret: str) -> None:
    hidden = hide(f"tried {secret} once")
    assert hidden.startswith("tried ")
    assert hidden.endswith(" once")
    assert "***" in hidden
    for part in (TELEGRAM, TELEGRAM[-20:], DISCORD, DISCORD[:20], "xYz", "s3", "cr3t", "5ec3e7"):
        assert part not in hidden


def test_an_address_is_hidden_and_a_longer_number_is_not() -> None:
    address = "0x" + "aB" * 20
    assert hide(f"asked for {address} once") == "asked for *** once"
    assert hide(f"in block {address}c0de") == f"in block {address}c0de"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00.250+00:00 swept 1200000:BTC",
        "liqbot.heatmap.an_unusually_long_module_name_that_goes_on",
        "https://venue.example:8080/v1/market?symbol=BTC/USDT:USDT&limit=200",
        "https://venue.example/info?coin=@107",
        "sqlite+aiosqlite:////var/lib/liqbot.db",
        "postgresql://liqbot@localhost:5432/liqbot",
        "mailto:someone@example.org",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert hide(text) == text


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_secret_is_hidden_wherever_a_record_carries_it(form: Form) -> None:
    error = ConnectionError(TELEGRAM)
    raised = (ConnectionError, error, None)
    line = written(
        f"a {TELEGRAM}", form, exc_info=raised, fact=TELEGRAM, facts={"deep": [TELEGRAM]}
    )
    assert "ConnectionError" in line
    assert TELEGRAM[-20:] not in line
    assert line.count("***") == 4


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize("token", ["plain-word", 'quo"ted', "back\\slash", "naïve-ключ"])
def test_a_token_from_the_environment_is_hidden_whatever_it_looks_like(
    form: Form, token: str
) -> None:
    environ = {"LIQBOT_TELEGRAM_TOKEN": f"{token}\n"}
    line = written(f"sent {token}", form, environ, fact=token, facts=[token])
    assert token not in line
    assert line.count("***") == 3


@pytest.mark.parametrize("name", ["X_TOKEN", "X_PASSWORD", "X_API_KEY", "WEBHOOK_SECRET"])
def test_every_secret_of_ours_in_the_environment_is_hidden(name: str) -> None:
    assert "plain-word" not in written("sent plain-word", environ={f"LIQBOT_{name}": "plain-word"})


def test_a_database_in_the_environment_is_hidden_if_it_has_a_password() -> None:
    for url, shown in (("postgresql://me:it's 1@host/x", False), ("sqlite:///bot.db", True)):
        line = written("opened", environ={"LIQBOT_DATABASE_URL": url}, url=url)
        assert ("1@host" in line or "bot.db" in line) == shown


def test_of_two_tokens_the_longer_is_hidden_whole() -> None:
    environ = {"LIQBOT_A_TOKEN": "secret", "LIQBOT_B_TOKEN": "secret-and-more"}
    assert json.loads(written("secret-and-more, secret", "json", environ))["event"] == "***, ***"


def test_other_variables_and_empty_tokens_hide_nothing() -> None:
    environ = {"HOME_TOKEN": "polled", "LIQBOT_THEME": "polled", "LIQBOT_X_TOKEN": ""}
    assert json.loads(written("polled", "json", environ))["event"] == "polled"


@pytest.fixture
def restored() -> Iterator[None]:
    """Put all loggers back as they were."""
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in _CHATTY)]
    levels, handlers = [each.level for each in loggers], root.handlers[:]
    root.handlers[:] = []
    yield
    root.handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.usefixtures("restored")
def test_set_up_sends_every_librarys_records_from_its_level_up() -> None:
    stream = io.StringIO()
    set_up(stream, {}, "json")
    logging.getLogger("some.library").info("polled %s", "BTC")
    logging.getLogger("some.library").debug("unheard")
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["event"] == "polled BTC"


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_libraries_that_chat_are_heard_from_warnings_up(level: Level) -> None:
    stream = io.StringIO()
    set_up(stream, {}, "json", level)
    for name in ("liqbot.live", "apscheduler.scheduler", "ccxt.base.exchange", "aiohttp.access"):
        for said in ("debug", "info", "warning", "error"):
            getattr(logging.getLogger(name), said)(said)
    heard: dict[str, list[str]] = {}
    for line in stream.getvalue().splitlines():
        record = json.loads(line)
        heard.setdefault(record["logger"], []).append(record["level"])
    levels = ["debug", "info", "warning", "error"]
    assert heard.pop("liqbot.live") == levels[levels.index(level) :]
    at_most = levels[max(levels.index(level), 2) :]
    assert list(heard.values()) == [at_most] * 3
