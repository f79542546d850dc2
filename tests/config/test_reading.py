"""config.toml: strict reading, all mistakes at once."""

import tomllib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import pytest
from annotated_types import Gt
from hypothesis import given
from hypothesis import strategies as st

from liqbot.config.reading import decode, load
from liqbot.config.shape import Config
from liqbot.errors import ConfigError
from tests.config.conftest import PLANETS, Inner, Params, Sky, System, mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Needy:
    """A field without a default."""

    venue: str
    share: Annotated[float, Gt(0)] = 0.5


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
        pace = "30s"
        names = ["x"]
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
        pace=timedelta(seconds=30),
        names=("x",),
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
        ("file = 3", "file = 3: must be a path"),
        ("floor = 0", "floor = 0: must be a number above 0"),
        ("every = 5", "every = 5: must be a duration such as 30s, 24h or 7d"),
        ('every = "5 y"', 'every = "5 y": must be a duration such as 30s, 24h or 7d'),
        ('every = "PT5M"', 'every = "PT5M": must be a duration such as 30s, 24h or 7d'),
        (
            "since = 2026-03-01T12:00:00",
            "since = 2026-03-01 12:00:00: must be a date and time with its offset from UTC",
        ),
        (
            "since = '2026-03-01T12:00:00Z'",
            'since = "2026-03-01T12:00:00Z": must be a date and time with its offset from UTC',
        ),
        ("title = 12:00:00", "title = 12:00:00: must be a text of at most 5 characters"),
        (
            'pace = "4s"',
            'pace = "4s": must be a duration such as 30s, 24h or 7d, at least 5s and at most 24h',
        ),
        ("names = 'a'", 'names = "a": must be a list, each a text'),
        ("names = ['a', 1]", "names = […]: must be a list, each a text"),
        ("title = 'x://u:p@y'", 'title = "x://***@y": must be a text of at most 5 characters'),
        ("inner = 1", "inner = 1: must be a section"),
        ("[[inner]]", "inner = […]: must be a section"),
        ("[inner]\nsize = 'x'", 'inner.size = "x": must be a whole number'),
        ("rato = 3", "rato: unknown; did you mean ratio?"),
        ("[inner]\nsiz = 3", "inner.siz: unknown; did you mean size?"),
        ("[inner]\nq = 3", "inner.q: unknown; there is size"),
    ],
)
def test_a_mistake_names_key_value_and_what_is_allowed(toml: str, said: str) -> None:
    assert mistakes(Params, toml) == [said]


def test_all_mistakes_are_reported_at_once_under_their_dotted_names() -> None:
    assert mistakes(Params, "rato = 1\nshare = 2\ncount = 'x'\n[inner]\nsize = 0.5", "rules.x") == [
        "rules.x.rato: unknown; did you mean ratio?",
        "rules.x.share = 2: must be a number at least 0 and below 1",
        'rules.x.count = "x": must be a whole number',
        "rules.x.inner.size = 0.5: must be a whole number",
    ]


def test_what_the_settings_themselves_refuse_is_a_mistake_too() -> None:
    assert mistakes(Params, "count = 101") == ["too many to count"]
    assert mistakes(Params, "count = 101", "rules.x") == ["rules.x: too many to count"]


def test_a_missing_value_says_what_it_must_be() -> None:
    with pytest.raises(ConfigError, match=r"^v\.venue: is missing; must be a text$"):
        decode(Needy, {}, "v")


def test_a_long_value_is_cut() -> None:
    (line,) = mistakes(Params, f"count = '{'x ' * 500}'")
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


def test_a_section_enables_a_member_and_only_those_named_are_imported() -> None:
    PLANETS.imported.clear()
    sky = decode(Sky, tomllib.loads("[some.earth]\nsize = 5\n[some.mars]\n[all.venus]\nsize = 7\n"))
    assert PLANETS.imported == ["earth", "mars", "venus"]
    assert list(sky.some) == ["earth", "mars"]
    assert sky.some["earth"] == Inner(size=5)
    assert list(sky.all) == ["venus", "earth", "mars"]
    assert sky.all["venus"] == Inner(size=7)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[some.murs]", "some.murs: unknown; did you mean mars?"),
        ("[some.x]", "some.x: unknown; there is venus, earth, mars"),
        ("some = 1", "some = 1: must be sections, one for each that is enabled"),
        ("[[some]]", "some = […]: must be sections, one for each that is enabled"),
        ("[some]\nmars = 'on'", 'some.mars = "on": must be a section'),
        ("[[some.mars]]", "some.mars = […]: must be a section"),
        ("[some.mars]\nsiz = 1", "some.mars.siz: unknown; did you mean size?"),
        ("[some.mars]\nsize = 0.5", "some.mars.size = 0.5: must be a whole number"),
    ],
)
def test_a_mistake_in_a_family_names_the_member(toml: str, said: str) -> None:
    assert mistakes(Sky, toml) == [said]


def test_all_mistakes_of_all_members_are_told() -> None:
    toml = "x = 1\n[some.moon]\n[some.mars]\nsize = 'x'\n[all.venus]\nsiz = 1"
    assert [each.split(":")[0] for each in mistakes(Sky, toml)] == [
        "x",
        "some.moon",
        'some.mars.size = "x"',
        "all.venus.siz",
    ]


def test_a_flat_familys_sections_stand_beside_the_others() -> None:
    system = decode(System, tomllib.loads("[earth]\nsize = 5\n[sun]\nsize = 9"))
    assert system == System(planets={"earth": Inner(size=5)}, sun=Inner(size=9))
    assert decode(System, {}).planets == {"mars": Inner()}


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[murs]", "murs: unknown; did you mean mars?"),
        ("[planets.mars]", "planets: unknown; there is sun, venus, earth, mars"),
        ("mars = 1", "mars = 1: must be a section"),
        ("[mars]\nsiz = 1", "mars.siz: unknown; did you mean size?"),
    ],
)
def test_a_mistake_in_a_flat_family_is_named_as_it_is_written(toml: str, said: str) -> None:
    assert mistakes(System, toml) == [said]


def test_a_secret_in_the_file_is_refused_and_never_told() -> None:
    (line,) = mistakes(Sky, "token = '8123:AAH'", "telegram")
    assert line == (
        "telegram.token: no secret belongs in this file, which gets shown; set"
        " LIQBOT_TELEGRAM_TOKEN, or telegram.token_file to a file only you can read"
    )


@given(
    st.dictionaries(
        st.sampled_from(["venus", "earth", "mars", "moon"]),
        st.fixed_dictionaries({}, optional={"size": st.integers(0, 9), "siz": st.just(1)}),
    )
)
def test_a_family_is_read_whole_or_every_unknown_name_is_told(
    table: dict[str, dict[str, int]],
) -> None:
    wrong = [f"some.{name}" for name in table if name == "moon"]
    wrong += [f"some.{n}.siz" for n, each in table.items() if "siz" in each and n != "moon"]
    if wrong:
        with pytest.raises(ConfigError) as caught:
            decode(Sky, {"some": table})
        told = [line.split(":")[0] for line in str(caught.value).splitlines()]
        assert sorted(told) == sorted(wrong)
    else:
        sky = decode(Sky, {"some": table})
        expected = {name: Inner(**each) for name, each in table.items()}
        assert sky.some == (expected or {"venus": Inner(), "mars": Inner()})


def test_an_address_is_not_told_on() -> None:
    found = "0x" + "ab" * 19
    table = {"exchanges": {"hyperliquid": {"addresses": found}}}
    with pytest.raises(ConfigError) as raised:
        decode(Config, table)
    assert str(raised.value).startswith("exchanges.hyperliquid.addresses: must be ")
    assert found not in str(raised.value)
