"""config.toml: strict reading, all mistakes at once, secrets from elsewhere."""

import copy
import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import pytest
from annotated_types import Gt, Interval, Len, Timezone
from hypothesis import given
from hypothesis import strategies as st

from liqbot.config import Config, Secret, decode, example, load, secret
from liqbot.errors import ConfigError

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A section inside a section."""

    size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """One field of every kind."""

    ratio: Annotated[float, Gt(1), "Heavier ÷ lighter."] = 2.0
    share: Annotated[float, Interval(ge=0, lt=1)] = 0.15
    count: int = 3
    exact: bool = False
    side: Literal["long", "short"] = "long"
    title: Annotated[str, Len(0, 5)] = ""
    file: Path | None = None
    floor: Annotated[float, Gt(0)] | None = None
    every: timedelta = timedelta(minutes=5)
    since: Annotated[datetime, Timezone(...)] | None = None
    inner: Inner = field(default_factory=Inner)

    def __post_init__(self) -> None:
        if self.count > 100:
            raise ValueError("too many to count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needy:
    """A field without a default."""

    venue: str
    share: Annotated[float, Gt(0)] = 0.5


def mistakes(toml: str, where: str = "") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        decode(Params, tomllib.loads(toml), where)
    return str(caught.value).splitlines()


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "config.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_every_kind_of_value_is_read() -> None:
    table = tomllib.loads("""
        ratio = 3
        share = 0.5
        count = 7
        exact = true
        side = "short"
        title = "fünf!"
        file = "models/btc.toml"
        floor = 1e6
        every = "24h"
        since = 2026-03-01T12:00:00+00:00
        inner = { size = 2 }
    """)
    assert decode(Params, table) == Params(
        ratio=3.0,
        share=0.5,
        count=7,
        exact=True,
        side="short",
        title="fünf!",
        file=Path("models/btc.toml"),
        floor=1e6,
        every=timedelta(hours=24),
        since=datetime(2026, 3, 1, 12, tzinfo=UTC),
        inner=Inner(size=2),
    )


def test_what_is_left_out_has_its_default() -> None:
    assert decode(Params, {}) == Params()


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("ratio = 1.0", "ratio = 1.0: must be a number above 1"),
        ("ratio = nan", "ratio = nan: must be a number above 1"),
        ("ratio = inf", "ratio = inf: must be a number above 1"),
        ('ratio = "2"', 'ratio = "2": must be a number above 1'),
        ("ratio = true", "ratio = true: must be a number above 1"),
        ("ratio = [1.5, 2]", "ratio = […]: must be a number above 1"),
        ("ratio = {a = 1}", "ratio = {…}: must be a number above 1"),
        ("share = 1.0", "share = 1.0: must be a number at least 0 and below 1"),
        ("share = -1", "share = -1: must be a number at least 0 and below 1"),
        ("count = 1.5", "count = 1.5: must be a whole number"),
        ("exact = 1", "exact = 1: must be true or false"),
        ('side = "shrot"', 'side = "shrot": must be long or short; did you mean short?'),
        ('side = "up"', 'side = "up": must be long or short'),
        ("side = 1", "side = 1: must be long or short"),
        ('title = "longer"', 'title = "longer": must be a text of at most 5 characters'),
        ("file = 3", "file = 3: must be the path of a file"),
        ("floor = 0", "floor = 0: must be a number above 0"),
        ("every = 5", "every = 5: must be a duration such as 90m, 24h or 7d"),
        ('every = "5 y"', 'every = "5 y": must be a duration such as 90m, 24h or 7d'),
        ('every = "PT5M"', 'every = "PT5M": must be a duration such as 90m, 24h or 7d'),
        (
            "since = 2026-03-01T12:00:00",
            "since = 2026-03-01 12:00:00: must be a date and time with its offset from UTC",
        ),
        (
            "since = '2026-03-01T12:00:00Z'",
            'since = "2026-03-01T12:00:00Z": must be a date and time with its offset from UTC',
        ),
        ("title = 12:00:00", "title = 12:00:00: must be a text of at most 5 characters"),
        ("inner = 1", "inner = 1: must be a section"),
        ("[[inner]]", "inner = […]: must be a section"),
        ("[inner]\nsize = 'x'", 'inner.size = "x": must be a whole number'),
        ("rato = 3", "rato: unknown; did you mean ratio?"),
        ("[inner]\nsiz = 3", "inner.siz: unknown; did you mean size?"),
        ("[inner]\nq = 3", "inner.q: unknown; there is size"),
    ],
)
def test_a_mistake_names_key_value_and_what_is_allowed(toml: str, said: str) -> None:
    assert mistakes(toml) == [said]


def test_all_mistakes_are_reported_at_once_under_their_dotted_names() -> None:
    assert mistakes("rato = 1\nshare = 2\ncount = 'x'\n[inner]\nsize = 0.5", "rules.x") == [
        "rules.x.rato: unknown; did you mean ratio?",
        "rules.x.share = 2: must be a number at least 0 and below 1",
        'rules.x.count = "x": must be a whole number',
        "rules.x.inner.size = 0.5: must be a whole number",
    ]


def test_what_the_settings_themselves_refuse_is_a_mistake_too() -> None:
    assert mistakes("count = 101") == ["too many to count"]
    assert mistakes("count = 101", "rules.x") == ["rules.x: too many to count"]


def test_a_missing_value_says_what_it_must_be() -> None:
    with pytest.raises(ConfigError, match=r"^v\.venue: is missing; must be a text$"):
        decode(Needy, {}, "v")


def test_a_long_value_is_cut() -> None:
    (line,) = mistakes(f"count = '{'x ' * 500}'")
    assert len(line) < 130


@given(st.text(max_size=8), st.text(max_size=30) | st.integers() | st.floats() | st.booleans())
def test_no_table_raises_anything_but_a_config_error(key: str, value: object) -> None:
    for table in ({key: value}, {"every": value}, {"side": value}, {"inner": {key: value}}):
        with suppress(ConfigError):
            assert isinstance(decode(Params, table), Params)


def test_a_file_is_read_section_by_section(tmp_path: Path) -> None:
    path = write(tmp_path, '\ufeff[model]\nfile = "m.toml"\n[heatmap]\nbin_width = 0.002\n')
    config = load(path)
    assert config.model.file == Path("m.toml")
    assert config.heatmap.bin_width == 0.002
    assert config.charts == Config().charts


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    assert load(write(tmp_path, "")) == Config()


def test_a_file_with_mistakes_names_itself_and_all_of_them(tmp_path: Path) -> None:
    path = write(tmp_path, "[heatmaps]\n[heatmap]\nbin_width = 2\n[charts]\nrange = '5h'\n")
    with pytest.raises(ConfigError) as caught:
        load(path)
    file, *lines = str(caught.value).splitlines()
    assert file == f"{path}:"
    assert lines[:2] == [
        "heatmaps: unknown; did you mean heatmap?",
        "heatmap.bin_width = 2: must be a number at least 0.0002 and at most 0.01",
    ]
    assert lines[2].startswith("charts: There is no range")
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a = ", "is not TOML: Invalid value"),
        ("[model]\n[model]\n", "is not TOML: Cannot declare"),
        (b"[model]\n# \xff\n", "line 2 is not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_toml_says_where(tmp_path: Path, content: str | bytes, said: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: {said}")


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load(tmp_path / "config.toml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_the_example_holds_every_default(tmp_path: Path) -> None:
    assert load(write(tmp_path, example())) == Config()


def test_the_example_says_what_every_key_may_be() -> None:
    lines = example().splitlines()
    keys = [index for index, line in enumerate(lines) if re.match(r"(# )?\w+ =", line)]
    assert len(keys) > 10
    assert all(lines[index - 1].startswith("# Must be ") for index in keys)


def test_the_example_in_the_project_is_the_one_printed() -> None:
    assert (ROOT / "config.example.toml").read_text(encoding="utf-8") == example()


def test_a_secret_comes_from_the_environment() -> None:
    environ = {"LIQBOT_TELEGRAM_TOKEN": " 1:abc\n"}
    assert secret("telegram.token", Path("nowhere"), environ).reveal() == "1:abc"


def test_a_secret_comes_from_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("1:abc\n")
    file.chmod(0o600)
    empty = {"LIQBOT_TELEGRAM_TOKEN": ""}
    assert secret("telegram.token", file, empty).reveal() == "1:abc"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_a_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "token"
    file.write_text("1:abc")
    file.chmod(mode)
    with pytest.raises(ConfigError, match="others can read it; run: chmod 600") as caught:
        secret("telegram.token", file, {})
    assert "1:abc" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b" \n", b"1:abc\n2:def\n", b"\xff"])
def test_a_file_that_holds_no_single_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match=r"token_file = .*(nothing else|UTF-8)"):
        secret("telegram.token", file, {})


def test_a_secret_that_is_nowhere_says_where_it_could_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"set LIQBOT_TELEGRAM_TOKEN, or telegram\.token_file"):
        secret("telegram.token", None, {})
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        secret("telegram.token", tmp_path / "token", {})


def test_a_secret_does_not_show_itself() -> None:
    hidden = Secret("1:abc")
    for shown in (repr(hidden), str(hidden), f"{hidden}", repr([hidden]), f"{copy.copy(hidden)}"):
        assert "abc" not in shown
        assert "Secret" in shown
