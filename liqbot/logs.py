"""How log lines look: one form for ours and every library's, and no line shows a secret.

Code that logs uses the standard library's `logging`, with facts in `extra`; structlog only
dresses the records here, so that nothing else depends on it.
"""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

Form = Literal["console", "json"]
Level = Literal["debug", "info", "warning", "error"]

_CHATTY = ("aiohttp", "alembic", "apscheduler", "asyncio", "ccxt", "matplotlib", "numba")
_HIDDEN = "***"
_SECRETS = ("_KEY", "_PASSWORD", "_SECRET", "_TOKEN")  # ends of variables
_SHORTEST = 6  # hiding "a" or "1" wherever it occurs would leave nothing to read
_SECRET = re.compile(
    r"""
      (?<=://)[^\s/?\#"'@:]*:[^\s"']*(?=@)                          # user:password in an address
    | (?<!\d)\d{6,12}:[\w-]{30,}                                    # Telegram's bot token
    | (?<![\w-])[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}                # Discord's bot token
    | (?<!\w)0x[0-9a-fA-F]{40}(?!\w)                               # whose positions are watched
    | (?<=/webhooks/)\d+/[\w-]+                                     # Discord's webhook
    | (?<=[?&]) (?i: [\w-]*(?:token|key|secret|signature|password) ) =[^\s&"']+
    """,
    re.VERBOSE,
)


def set_up(
    stream: TextIO,
    environ: Mapping[str, str],
    form: Form = "console",
    level: Level = "info",
) -> None:
    """Send all records of all loggers, from a level up, to a stream.

    Libraries that tell of every step they take are heard from warnings up, whatever the level.
    """
    least = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(handlers=[handler(stream, environ, form)], level=least, force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(least, logging.WARNING))


def handler(
    stream: TextIO, environ: Mapping[str, str], form: Form = "console"
) -> logging.StreamHandler[TextIO]:
    """Return a handler that writes a record as one line, or as one JSON object, to a stream.

    The values of LIQBOT_…_TOKEN and the like in `environ` are hidden, as is all that looks like a
    secret.
    """
    rendering: list[Processor]
    if form == "json":
        rendering = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    else:
        # The other formatters show local variables and wrap lines, which would cut a token in two.
        plain = structlog.dev.plain_traceback
        rendering = [
            structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)
        ]
    made = logging.StreamHandler(stream)
    made.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                _stamp,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *rendering,
                _hiding(_secrets(environ)),
            ],
        )
    )
    return made


def hide(line: str, secrets: Iterable[str] = ()) -> str:
    """Replace the given secrets, and all that looks like one, by asterisks."""
    for secret in secrets:
        for written in {secret, json.dumps(secret)[1:-1], repr(secret)[1:-1]}:
            line = line.replace(written, _HIDDEN)
    return _SECRET.sub(_HIDDEN, line)


def _secrets(environ: Mapping[str, str]) -> list[str]:
    """Return the secrets in the environment, the longest first: one may be part of another."""
    secrets = {
        value.strip()
        for name, value in environ.items()
        if name.startswith("LIQBOT_") and (name.endswith(_SECRETS) or "@" in value)
    }
    return sorted((s for s in secrets if len(s) >= _SHORTEST), key=lambda s: (-len(s), s))


def _hiding(secrets: list[str]) -> structlog.typing.Processor:
    """Return the last processor: it works on the finished line, so that nothing gets past it."""

    def hide_in(_logger: object, _method: str, line: str) -> str:
        return hide(line, secrets)

    return hide_in  # type: ignore[return-value]  # after the renderer a line is a str


def _stamp(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Add when the record was made, not when it is written."""
    made = datetime.fromtimestamp(event["_record"].created, UTC)
    event["timestamp"] = made.isoformat(timespec="milliseconds")
    return event
