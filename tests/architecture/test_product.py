"""What the product has to show: every rule of PRODUCT.md §4 has its tests, or a reason why not."""

import ast
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
RULES: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("product.toml").read_text("utf-8")
)
COUNT = 128  # rules of PRODUCT.md §4, A … N
_SHORTEST = 15  # characters of a reason


def absent(names: Iterable[str], tests: Path) -> list[str]:
    """Return those of path::test that no test function is called."""
    there: dict[str, set[str]] = {}
    wrong = []
    for name in names:
        path, _, function = name.partition("::")
        if path not in there:
            there[path] = _functions(tests / path)
        if function not in there[path]:
            wrong.append(name)
    return wrong


def _functions(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    body = ast.parse(path.read_text("utf-8"), path.name).body
    functions = (each for each in body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return {each.name for each in functions if each.name.startswith("test_")}


def test_no_rule_is_missing_and_none_is_made_up() -> None:
    assert list(RULES) == [str(number) for number in range(1, COUNT + 1)]


def test_every_rule_says_what_it_is_and_is_held_or_says_why_not() -> None:
    for number, rule in RULES.items():
        assert set(rule) <= {"says", "held", "open"}, number
        assert len(rule["says"]) >= _SHORTEST, number
        assert rule.get("held") or rule.get("open"), number
        assert len(rule.get("open", "x" * _SHORTEST)) >= _SHORTEST, number
        assert len(set(rule.get("held", []))) == len(rule.get("held", [])), number


def test_every_test_that_holds_a_rule_exists() -> None:
    names = [name for rule in RULES.values() for name in rule.get("held", [])]
    assert absent(names, TESTS) == []


def test_a_test_that_was_renamed_or_never_was_is_found(tmp_path: Path) -> None:
    source = "def test_that_is(): ...\nasync def test_that_waits(): ...\ndef aid(): ...\n"
    (tmp_path / "test_a.py").write_text(source, "utf-8")
    there = ["test_a.py::test_that_is", "test_a.py::test_that_waits"]
    gone = ["test_a.py::test_that_was", "test_a.py::aid", "test_b.py::test_that_is", "test_a.py"]
    assert absent([*there, *gone], tmp_path) == gone
