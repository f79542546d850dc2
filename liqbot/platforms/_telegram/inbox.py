"""What was asked and is not answered yet, kept so that no restart answers twice or forgets.

What Telegram hands out is gone there once the next is asked for, so it is written down first; and
that it was answered as soon as it was. Whoever is killed in between answers again what was being
answered at that moment: at most one thing a chat, as a chat is answered in turn, and never what
Telegram had acknowledged and the file has.
"""

import json
import logging
import os
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_LOG = logging.getLogger(__name__)
_REMEMBERED = 1000  # numbers of what is done: Telegram repeats the newest alone
_LONGEST = 4000  # lines


class Inbox:
    """A file of what came and what is done, a line each."""

    def __init__(self, path: Path) -> None:
        """Open or begin a file that nobody else reads, as it holds what people wrote.

        Raise OSError where that cannot be; later on, what cannot be written is only remembered.
        """
        self._path = path
        self._waiting: dict[int, tuple[dict[str, Any], datetime]] = {}
        self._done: OrderedDict[int, None] = OrderedDict()
        for each in _lines(path):
            self._note(each)
        self._rewrite()

    def __contains__(self, number: int) -> bool:
        """Tell whether an update came before."""
        return number in self._waiting or number in self._done

    @property
    def waiting(self) -> tuple[tuple[dict[str, Any], datetime], ...]:
        """What came and is not done, and when it came."""
        return tuple(self._waiting.values())

    def take(self, update: dict[str, Any], at: datetime) -> None:
        """Keep an update until it is done."""
        self._write(_came(update, at))

    def done(self, number: int) -> None:
        """Take note that an update needs nothing more."""
        self._write({"done": number})

    def close(self) -> None:
        """Close the file; what waits is there the next time."""
        os.close(self._file)

    def _write(self, line: dict[str, Any]) -> None:
        self._note(line)
        try:
            os.write(self._file, _written(line))
            self._length += 1
            if self._length > _LONGEST:
                old = self._file
                self._rewrite()
                os.close(old)
        except OSError as error:  # people are answered all the same
            _LOG.warning("what came is not kept", extra={"why": error.strerror})

    def _note(self, line: dict[str, Any]) -> None:
        match line:
            case {"came": {"update_id": int(number)} as update, "at": float(at)}:
                self._waiting[number] = update, datetime.fromtimestamp(at, UTC)
            case {"done": int(number)}:
                self._waiting.pop(number, None)
                self._done[number] = None
                if len(self._done) > _REMEMBERED:
                    self._done.popitem(last=False)

    def _rewrite(self) -> None:
        """Leave out what no longer matters, whole or not at all."""
        lines: list[dict[str, Any]] = [{"done": each} for each in self._done]
        lines += [_came(update, at) for update, at in self._waiting.values()]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.unlink(missing_ok=True)
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(file, b"".join(map(_written, lines)))
        new.replace(self._path)
        self._file, self._length = file, len(lines)


def _came(update: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {"came": update, "at": at.timestamp()}


def _written(line: dict[str, Any]) -> bytes:
    return json.dumps(line).encode() + b"\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what can be read of a file; a line that was cut short is as if it had not been."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            read = json.loads(line)
        except ValueError:
            continue
        if isinstance(read, dict):
            yield read
