"""Families of sections."""

import pytest

from tests.config.conftest import ALL, PLANETS, SOME, Inner


def test_without_sections_the_usual_members_are_enabled_in_the_familys_order() -> None:
    assert list(SOME.enabled({})) == ["venus", "mars"]
    assert list(ALL.enabled({})) == ["venus", "earth", "mars"]


def test_sections_enable_in_their_own_order_or_only_set() -> None:
    given = {"mars": Inner(size=3), "earth": Inner()}
    assert list(SOME.enabled(given)) == ["mars", "earth"]
    assert list(ALL.enabled(given)) == ["venus", "earth", "mars"]
    assert ALL.enabled(given)["mars"] == Inner(size=3)


def test_a_member_is_imported_when_its_settings_are_asked_for_and_not_before() -> None:
    PLANETS.imported.clear()
    enabled = SOME.enabled({})
    assert "mars" in enabled
    assert "mars" in SOME
    assert (len(enabled), list(enabled)) == (2, ["venus", "mars"])
    assert PLANETS.imported == []
    assert enabled["mars"] == Inner()
    assert PLANETS.imported == ["mars"]


def test_a_member_that_is_not_enabled_has_no_settings() -> None:
    with pytest.raises(KeyError, match="earth"):
        SOME.enabled({})["earth"]


def test_given_defaults_equal_those_left_out() -> None:
    assert SOME.enabled({"venus": Inner(), "mars": Inner()}) == SOME.enabled({})
    assert SOME.enabled({"venus": Inner(size=2), "mars": Inner()}) != SOME.enabled({})
