"""Where the command line begins and every error ends."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from liqbot import __version__
from tests.cli.conftest import Liqbot

COMMANDS = [
    "demo",
    "run",
    "heatmap",
    "levels",
    "evaluate",
    "fit",
    "replay",
    "simulate",
    "liquidation-price",
    "record",
    "export",
    "check",
    "migrate",
    "example-config",
]
HEAVY = {"numpy", "numba", "matplotlib", "polars", "scipy", "rich", "sqlalchemy"}


def program(*arguments: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "liqbot", *map(str, arguments)],
        capture_output=True,
        check=False,
        env={"PATH": "", **environment},
    )


def test_the_version_is_told(liqbot: Liqbot) -> None:
    assert liqbot("--version").out == f"liqbot {__version__}\n"


def test_it_runs_as_a_module() -> None:
    ran = program("--version")
    assert (ran.returncode, ran.stdout.decode().strip()) == (0, f"liqbot {__version__}")


def test_without_a_command_it_helps(liqbot: Liqbot) -> None:
    helped = liqbot()
    assert helped == liqbot("--help")
    assert helped.code == 0
    assert re.findall(r"^  ([a-z][a-z-]+)  +\S", helped.out, re.MULTILINE) == COMMANDS


def test_no_summary_is_cut_in_80_columns(liqbot: Liqbot) -> None:
    assert not re.search(r"\.\.\.$", liqbot("--help").out.partition("Options:")[2], re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_its_options_and_gives_an_example(
    command: str, liqbot: Liqbot
) -> None:
    helped = liqbot(command, "--help")
    assert helped.code == 0
    assert all(len(line) <= 80 for line in helped.out.splitlines())
    assert f"Example:\n    liqbot {command}" in helped.out
    options = re.findall(r"^  (?:-\w, )?--[\w-]+[^\n]*", helped.out, re.MULTILINE)
    assert all(re.search(r"\S {2,}\S", each.strip()) for each in options), "each has a meaning"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from liqbot.cli.main import run; run(['--help']); run(['levels', '--help']);"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("heatmp", "No such command 'heatmp'. Did you mean 'heatmap'? See liqbot --help."),
        ("levels", "Missing argument 'MARKET'. See liqbot levels --help."),
        ("heatmap BTC", "Missing option '--out'. See liqbot heatmap --help."),
        ("levels BTC --recording", "Option '--recording' requires an argument."),
        ("levels BTC --recordng x", "No such option: --recordng"),
        ("simulate --out x --days many", "Invalid value for '--days'"),
    ],
)
def test_a_misuse_is_one_line_and_exit_code_2(words: str, told: str, liqbot: Liqbot) -> None:
    failed = liqbot(*words.split())
    assert (failed.code, failed.out) == (2, "")
    assert failed.err.startswith(told)
    assert failed.err.count("\n") == 1


def test_an_unusable_recording_is_one_line_and_exit_code_1(liqbot: Liqbot, tmp_path: Path) -> None:
    failed = liqbot("levels", "BTC", "--recording", tmp_path / "nowhere")
    assert (failed.code, failed.out) == (1, "")
    assert failed.err == f"{tmp_path / 'nowhere'}: there is no such folder\n"


def test_a_file_cut_short_is_named(liqbot: Liqbot, tmp_path: Path) -> None:
    path = tmp_path / "binance" / "BTC-USDT" / "candles_5m.parquet"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PAR1 and no more")
    failed = liqbot("levels", "BTC", "--recording", tmp_path)
    assert failed.code == 1
    assert failed.err.startswith(f"{path}: cut short or no Parquet file")
    assert failed.err.count("\n") == 1


def test_an_interruption_is_no_traceback(
    liqbot: Liqbot, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("liqbot.cli.live.look", interrupted)
    stopped = liqbot("levels", "BTC", "--recording", recording)
    assert stopped.code == 130
    assert "Traceback" not in stopped.err


def test_a_reader_that_goes_away_is_no_traceback(recording: Path) -> None:
    command = [sys.executable, "-m", "liqbot", "levels", "BTC", "--recording", str(recording)]
    with subprocess.Popen(
        [*command, "--json", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert b"Traceback" not in running.stderr.read()


def test_a_terminal_without_the_glyphs_is_no_failure(recording: Path) -> None:
    ran = program("levels", "BTC", "--recording", recording, PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"? SHORT" in ran.stdout
