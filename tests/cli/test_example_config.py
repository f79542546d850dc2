"""liqbot example-config."""

from pathlib import Path

from liqbot.config.reading import load
from liqbot.config.shape import Config
from tests.cli.conftest import Liqbot

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def test_the_example_that_is_shipped_is_the_one_that_is_printed(liqbot: Liqbot) -> None:
    printed = liqbot("example-config")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == EXAMPLE.read_text("utf-8")


def test_the_example_is_the_defaults(liqbot: Liqbot, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(liqbot("example-config").out, "utf-8")
    assert load(tmp_path / "config.toml") == Config()
