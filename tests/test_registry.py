"""The registry: named, ordered, imported on first use."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liqbot.registry import Registry

FAMILY = "family_made_for_the_registry_test"


@pytest.fixture
def fruits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry[str]]:
    folder = tmp_path / FAMILY
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "plum.py").write_text("FRUIT = 'a plum'\n")
    (folder / "apple.py").write_text("FRUIT = 'an apple'\n")
    (folder / "stone.py").write_text("MINERAL = 'a stone'\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield Registry(FAMILY, "fruit", ("plum", "apple", "stone", "ghost"))
    for name in [name for name in sys.modules if name.startswith(FAMILY)]:
        del sys.modules[name]


def loaded() -> set[str]:
    return {name.rpartition(".")[2] for name in sys.modules if name.startswith(f"{FAMILY}.")}


def test_a_member_is_the_constant_of_the_module_of_its_name(fruits: Registry[str]) -> None:
    assert fruits["plum"] == "a plum"
    assert fruits["apple"] == "an apple"


def test_names_come_in_the_order_they_were_given(fruits: Registry[str]) -> None:
    assert list(fruits) == ["plum", "apple", "stone", "ghost"]
    assert len(fruits) == 4


def test_asking_for_names_imports_nothing(fruits: Registry[str]) -> None:
    assert "plum" in fruits
    assert "pear" not in fruits
    assert loaded() == set()


def test_asking_for_one_member_imports_that_one(fruits: Registry[str]) -> None:
    assert fruits["apple"]
    assert loaded() == {"apple"}


def test_a_name_outside_the_family_is_a_key_error_even_if_the_module_exists() -> None:
    with pytest.raises(KeyError):
        Registry[object]("json", "decoder", ())["decoder"]


def test_a_member_without_its_file_or_its_constant_is_not_passed_over(
    fruits: Registry[str],
) -> None:
    with pytest.raises(ModuleNotFoundError):
        fruits["ghost"]
    with pytest.raises(AttributeError):
        fruits["stone"]
