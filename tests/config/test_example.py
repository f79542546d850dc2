"""config.example.toml: valid, complete, and all defaults."""

import re
from pathlib import Path

import pytest

from liqbot.config.example import example, tables
from liqbot.config.reading import load
from liqbot.config.shape import Config
from liqbot.exchanges import EXCHANGES
from tests.config.conftest import Params, Sky, System

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def printed() -> str:
    return example()


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_example_holds_every_default(printed: str, tmp_path: Path) -> None:
    config = load(written(tmp_path, printed))
    assert config == Config()
    assert list(config.exchanges) == [each for each in EXCHANGES if each in Config().exchanges]


def test_the_example_says_what_every_key_may_be(printed: str) -> None:
    lines = printed.splitlines()
    keys = [i for i, line in enumerate(lines) if re.match(r"(# ){0,2}\w+ =( |$)", line)]
    assert len(keys) > 20
    assert all(re.match(r"(# ){1,2}Must be ", lines[index - 1]) for index in keys)


def test_the_example_in_the_project_is_the_one_printed(printed: str) -> None:
    assert (ROOT / "config.example.toml").read_text(encoding="utf-8") == printed


def test_every_exchange_has_its_section_and_those_not_asked_are_comments(
    printed: str, tmp_path: Path
) -> None:
    for name in EXCHANGES:
        comment = "" if name in Config().exchanges else "# "
        assert f"\n{comment}[exchanges.{name}]\n" in printed
    bare = re.sub(r"^# (?=.*(= .|\[))", "", printed, flags=re.MULTILINE)
    bare = "\n".join(line for line in bare.splitlines() if re.match(r"\w+ = |\[", line))
    assert list(load(written(tmp_path, bare)).exchanges) == list(EXCHANGES)


def test_a_table_is_written_as_people_would() -> None:
    lines = "".join(tables(Params(), "p")).splitlines()
    assert lines[:5] == ["", "# One field of every kind.", "[p]", "# Heavier ÷ lighter.", lines[4]]
    for line in ("ratio = 2.0", 'names = ["a", "b"]', 'every = "5m"', "# floor =", "size = 1"):
        assert line in lines


def test_a_section_that_is_not_enabled_is_a_comment_as_a_whole() -> None:
    told = "".join(tables(Sky(), ""))
    assert "\n# # It is earth.\n# [some.earth]\n# # Must be a whole number.\n# size = 1\n" in told
    assert "\n# It is earth.\n[all.earth]\n# Must be a whole number.\nsize = 1\n" in told
    assert "\n# Where to look.\n\n# It is venus.\n[some.venus]\n" in told


def test_a_flat_familys_sections_have_no_heading() -> None:
    lines = "".join(tables(System(), ""))
    assert "\n# It is mars.\n[mars]\n" in lines
    assert "# [earth]" in lines
