"""Families: folders to which anyone may add one file and one registration line."""

from importlib import import_module
from pathlib import Path

import grimp
import pytest

from liqbot.registry import Registry
from tests.architecture.conftest import Plant
from tests.architecture.laws import acquaintances, families, members, singular

PACKAGE = Path(__file__).parents[2] / "liqbot"
FAMILIES = [each.name for each in families(PACKAGE)]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_registry_names_exactly_the_files(family: str) -> None:
    assert sorted(registry(family)) == sorted(members(PACKAGE / family))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_member_loads_is_of_its_kind_and_is_called_like_its_file(family: str) -> None:
    kind = singular(family)
    kinds = getattr(import_module(f"liqbot.{family}.{kind}"), kind.capitalize())
    for name, member in registry(family).items():
        assert isinstance(member, kinds)
        assert getattr(member, "name") == name  # noqa: B009 - no type says that kinds have names


def test_nobody_knows_a_member() -> None:
    graph = grimp.build_graph("liqbot")
    for family in FAMILIES:
        names = members(PACKAGE / family)
        assert acquaintances(graph, f"liqbot.{family}", names) == []


def test_a_member_is_any_file_but_the_kind_the_plumbing_and_the_registry(plant: Plant) -> None:
    root = plant(
        {
            "rules/__init__.py": "",
            "rules/rule.py": "",
            "rules/_plumbing.py": "",
            "rules/_more/__init__.py": "",
            "rules/thin_book.py": "",
            "rules/big/__init__.py": "",
            "rules/notes.txt": "",
            "engine/__init__.py": "",
        }
    )
    assert [each.name for each in families(root)] == ["rules"]
    assert members(root / "rules") == {"thin_book", "big"}


def test_a_member_that_is_known_is_found() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in [
        ("liqbot.rules.a", "liqbot.rules.rule"),
        ("liqbot.rules.a", "liqbot.rules.b"),
        ("liqbot.rules._plumbing", "liqbot.rules.b"),
        ("liqbot.app", "liqbot.rules.b.part"),
        ("liqbot.rules.b", "liqbot.rules.b.part"),
    ]:
        graph.add_import(importer=importer, imported=imported)
    assert acquaintances(graph, "liqbot.rules", {"a", "b"}) == [
        "liqbot.app imports liqbot.rules.b",
        "liqbot.rules._plumbing imports liqbot.rules.b",
        "liqbot.rules.a imports liqbot.rules.b",
    ]


def registry(family: str) -> Registry[object]:
    found = getattr(import_module(f"liqbot.{family}"), family.upper())
    assert isinstance(found, Registry)
    return found
