"""Models as values and as TOML: nothing is lost, and what is wrong is named."""

from dataclasses import fields, replace
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.errors import ModelError
from liqbot.heatmap.model import MOST_REALISED, TIERS, Model

PLAIN = Model()
BY_TIER = ("tiers", "long_weights", "short_weights", "half_life_h")
TWO = replace(
    PLAIN,
    tiers=(5.0, 20.0),
    long_weights=(0.1, 0.2),
    short_weights=(0.3, 0.4),
    half_life_h=(9.0, 3.0),
)


def within(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high) | st.sampled_from([low, high])


@st.composite
def models(draw: st.DrawFn) -> Model:
    tiers = sorted(draw(st.lists(within(1, 1000), min_size=1, max_size=12, unique=True)))
    count = len(tiers)

    def each(numbers: st.SearchStrategy[float], of: int = count) -> tuple[float, ...]:
        return tuple(draw(st.lists(numbers, min_size=of, max_size=of)))

    moments = st.none() | st.integers(-(2**63) + 1, 2**63 - 1)
    return Model(
        version=draw(st.text()),
        tiers=tuple(tiers),
        long_weights=each(within(0, 1 / count)),
        short_weights=each(within(0, 1 / count)),
        half_life_h=each(within(1e-3, 1e9) | st.just(inf)),
        turnover=draw(within(0, 10)),
        spread=draw(within(0.001, 1)),
        tilt=draw(within(-1, 1)),
        realisation=each(within(0, MOST_REALISED), 2),  # type: ignore[arg-type]
        venues=tuple(draw(st.lists(st.text(), max_size=3))),
        fitted_from_ms=draw(moments),
        fitted_to_ms=draw(moments),
        scores=draw(st.dictionaries(st.text(), st.floats(allow_nan=False), max_size=3)),
    )


@given(models())
def test_a_model_comes_back_from_its_toml_as_it_was(model: Model) -> None:
    assert Model.from_toml(model.to_toml()) == model


def test_a_model_of_nothing_is_the_default() -> None:
    assert Model.from_toml("") == PLAIN
    assert PLAIN.tiers == TIERS
    assert len(PLAIN.half_life_h) == len(TIERS)


def test_the_default_is_for_longs_as_for_shorts_and_holds_back_most() -> None:
    assert PLAIN.long_weights == PLAIN.short_weights
    assert sum(PLAIN.long_weights) < 0.5
    assert list(PLAIN.half_life_h) == sorted(PLAIN.half_life_h, reverse=True)


def test_what_is_not_written_keeps_its_default() -> None:
    assert Model.from_toml("tilt = 0.5\nspread = 1") == replace(PLAIN, tilt=0.5, spread=1.0)


def test_whole_numbers_are_read_as_numbers() -> None:
    model = Model.from_toml(
        "tiers = [5, 20]\nlong_weights = [0, 1]\nshort_weights = [0, 0]\nhalf_life_h = [9, 3]"
    )
    numbers = (*model.tiers, *model.long_weights, *model.half_life_h)
    assert numbers == (5, 20, 0, 1, 9, 3)
    assert all(isinstance(each, float) for each in numbers)


def test_a_model_can_be_read_by_people() -> None:
    lines = TWO.to_toml().splitlines()
    assert 'version = "prior-1"' in lines
    assert f"turnover = {TWO.turnover}" in lines
    assert not any(line.startswith("fitted_") for line in lines)  # what is not known is not written


WRONG: list[tuple[str, Any]] = [
    ("version", 3),
    ("version", ["a"]),
    ("tiers", 5.0),
    ("tiers", "5"),
    ("tiers", ["5"]),
    ("tiers", []),
    ("tiers", [5.0, 5.0]),
    ("tiers", [20.0, 5.0]),
    ("tiers", [0.5, 5.0]),
    ("tiers", [5.0, 1001.0]),
    ("tiers", [5.0, nan]),
    ("tiers", [5.0, inf]),
    ("long_weights", [0.1]),
    ("long_weights", [0.1, 0.1, 0.1]),
    ("long_weights", [0.6, 0.6]),
    ("long_weights", [-0.1, 0.1]),
    ("long_weights", [1.1, 0.0]),
    ("long_weights", [True, False]),
    ("short_weights", [0.6, 0.6]),
    ("short_weights", [nan, 0.1]),
    ("short_weights", {"a": 1}),
    ("half_life_h", [0.0, 1.0]),
    ("half_life_h", [-1.0, 1.0]),
    ("half_life_h", [1.0]),
    ("half_life_h", [nan, 1.0]),
    ("turnover", -0.1),
    ("turnover", 10.1),
    ("turnover", nan),
    ("turnover", "0.3"),
    ("turnover", True),
    ("turnover", 10**400),
    ("spread", 0.0),
    ("spread", 1.01),
    ("spread", [0.1]),
    ("tilt", -1.01),
    ("tilt", 1.01),
    ("tilt", False),
    ("realisation", [0.7]),
    ("realisation", [0.7, 0.7, 0.7]),
    ("realisation", [-0.1, 0.7]),
    ("realisation", [0.7, 2 * MOST_REALISED]),
    ("venues", "binance"),
    ("venues", ["binance", 3]),
    ("fitted_from_ms", 1.5),
    ("fitted_from_ms", True),
    ("fitted_to_ms", "2026-01-01"),
    ("fitted_to_ms", 2**63),
    ("scores", [0.5]),
    ("scores", {"skill": "high"}),
    ("scores", {"skill": True}),
]


def as_toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list():
            return f"[{', '.join(map(as_toml, value))}]"
        case dict():
            return f"{{{', '.join(f'{key} = {as_toml(each)}' for key, each in value.items())}}}"
    return repr(value)


@pytest.mark.parametrize(("key", "value"), WRONG)
def test_whatever_is_wrong_is_named(key: str, value: object) -> None:
    named = {name: list(getattr(TWO, name)) for name in BY_TIER} | {key: value}
    text = "\n".join(f"{name} = {as_toml(each)}" for name, each in named.items())
    with pytest.raises(ModelError, match=rf"^{key}: "):
        Model.from_toml(text)


def test_every_key_has_a_wrong_value_above() -> None:
    assert {key for key, _ in WRONG} == {each.name for each in fields(Model)}


@pytest.mark.parametrize(
    ("key", "meant"),
    [("half_lives_h", "half_life_h"), ("turn_over", "turnover"), ("long_weight", "long_weights")],
)
def test_an_unknown_key_gets_the_nearest(key: str, meant: str) -> None:
    with pytest.raises(ModelError, match=rf"^{key}: unknown; did you mean {meant}\?"):
        Model.from_toml(f"{key} = 1")


def test_an_unknown_key_like_no_other_is_just_unknown() -> None:
    with pytest.raises(ModelError, match=r"^zzz: unknown$"):
        Model.from_toml("zzz = 1")


@pytest.mark.parametrize(
    "text", ["tilt", "tilt = ", "tilt = 1\ntilt = 2", "turnover = 1" + 5000 * "0"], ids=len
)
def test_what_is_no_toml_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ModelError, match="this is no TOML: "):
        Model.from_toml(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tiers": (20.0, 5.0)},
        {"long_weights": (0.6, 0.6)},
        {"short_weights": (nan, 0.1)},
        {"half_life_h": (1.0,)},
        {"turnover": -0.1},
        {"spread": 0.0},
        {"tilt": 1.01},
        {"realisation": (0.7, inf)},
    ],
)
def test_no_model_is_made_of_numbers_out_of_bounds(wrong: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match=rf"^{next(iter(wrong))}: "):
        replace(TWO, **wrong)


def test_weights_may_sum_to_one_but_for_rounding() -> None:
    thirds = (1 / 3, 2 / 3 + 1e-12)
    assert replace(TWO, long_weights=thirds).long_weights == thirds
