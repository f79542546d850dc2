"""Where the command line begins, and where every error ends."""

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Annotated

import typer

from liqbot import __version__
from liqbot.cli import terminal
from liqbot.cli.check import check
from liqbot.cli.demo import demo
from liqbot.cli.evaluate import evaluate
from liqbot.cli.example_config import example_config
from liqbot.cli.export import export
from liqbot.cli.fit import fit
from liqbot.cli.heatmap import heatmap
from liqbot.cli.levels import levels
from liqbot.cli.liquidation_price import liquidation_price
from liqbot.cli.migrate import migrate
from liqbot.cli.record import record
from liqbot.cli.replay import replay
from liqbot.cli.run import run as run_bot
from liqbot.cli.simulate import simulate
from liqbot.errors import LiqbotError, RecordingError, SourceError, StorageError

UNUSABLE, MISUSED, INTERRUPTED = 1, 2, 130  # exit codes
_UNUSABLE = (RecordingError, SourceError, StorageError)

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command, _example in (
    (demo, "demo"),
    (run_bot, "run --config config.toml"),
    (heatmap, "heatmap BTC --range 3d --out btc.png"),
    (levels, "levels BTC --recording DIR --at 2026-01-28T12:00Z"),
    (evaluate, "evaluate --recording DIR --market BTC --out proof"),
    (fit, "fit --recording DIR --market BTC --out model.toml"),
    (replay, "replay --recording DIR --markets BTC,ETH --out replay"),
    (simulate, "simulate --days 3 --seed 7 --out simulated"),
    (liquidation_price, "liquidation-price --venue okx --side long --entry 65000 --leverage 25"),
    (record, "record --out DIR --for 24h --markets BTC,ETH"),
    (export, "export BTC --range 7d --format parquet --out btc.zip"),
    (check, "check --config config.toml"),
    (migrate, "migrate --config config.toml"),
    (example_config, "example-config > config.toml"),
):
    app.command(epilog=f"\b\nExample:\n  liqbot {_example}")(_command)


@app.callback(invoke_without_command=True, epilog="\b\nStart with:\n  liqbot demo")
def _start(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Liquidation heatmaps for perpetual futures: estimates, never forecasts."""
    if version:
        typer.echo(f"liqbot {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments ask for and return the exit code; no error gets past but a bug."""
    try:
        code = app(list(arguments), prog_name="liqbot", standalone_mode=False)
    except typer.TyperException as error:
        terminal.fail(_usage(error))
        return MISUSED
    except LiqbotError as error:
        terminal.fail(str(error))
        return UNUSABLE if isinstance(error, _UNUSABLE) else MISUSED
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def main() -> None:
    """Run as a program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ▲ is no reason to fail
    sys.exit(run(sys.argv[1:]))


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "liqbot"
    told = error.format_message()
    return f"{told}{'' if told.endswith(('.', '?')) else '.'} See {command} --help."
