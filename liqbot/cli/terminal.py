"""What is shown where people look: results on stdout, what goes on and what failed on stderr.

On anything but a terminal there are no control codes; rich heeds NO_COLOR and COLUMNS.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from liqbot.clock import SystemClock

if TYPE_CHECKING:
    from rich.console import Console


class Tell(Protocol):
    """Is told how far something is, 0 … 1, and what came of it so far."""

    def __call__(self, share: float, told: str = "") -> None:
        """Show it."""
        ...


def out() -> "Console":
    """Return a console for results."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def err() -> "Console":
    """Return a console for what goes on and for what failed."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, stderr=True)


def note(*lines: str) -> None:
    """Say what is no result, a line each."""
    for line in lines:
        err().print(line, style="dim", soft_wrap=True)


def fail(text: str) -> None:
    """Say in red why it did not work."""
    err().print(text, style="red", soft_wrap=True)


@contextmanager
def progress(what: str, *, told: bool = True) -> Iterator[Tell]:
    """Show on a terminal that something goes on; `told`, say afterwards how long it took."""
    console = err()
    began = SystemClock().now()
    if console.is_terminal:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.fields[told]}"),
        )
        with Progress(*columns, console=console, transient=True) as bars:
            task = bars.add_task(what, total=None, told="")
            yield lambda share, told="": bars.update(task, total=1.0, completed=share, told=told)
    else:
        yield lambda *_: None
    if told:
        note(f"{what}: {(SystemClock().now() - began).total_seconds():.1f} s")


def working() -> AbstractContextManager[object]:
    """Show that a map is being worked out, which takes long only where all is compiled first."""
    return progress("Working out the map; the first run compiles the engine", told=False)


def looking(recording: Path | None, at: str | None) -> AbstractContextManager[Tell]:
    """Show that a market is being looked at; how long that took is told of exchanges alone."""
    is_asking = recording is None and at is None
    return progress("Asking the exchanges" if is_asking else "Reading", told=is_asking)
