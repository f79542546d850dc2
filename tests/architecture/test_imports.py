"""Who may import whom: the contracts in pyproject.toml, kept and complete."""

import logging
import tomllib
from pathlib import Path
from typing import Any, TypeGuard

from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
PYPROJECT = ROOT / "pyproject.toml"
WORLD = {"cli", "app", "config", "logs", "operations", "live"}
WORLD |= {"jobs", "platforms", "exchanges", "storage"}
GROUND = {"clock", "errors", "registry", "__main__"}


def contract(name: str) -> dict[str, Any]:
    table = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    (found,) = [each for each in table["tool"]["importlinter"]["contracts"] if each["id"] == name]
    return dict(found)


def test_the_contracts_are_kept() -> None:
    known = [each for each in logging.root.manager.loggerDict.values() if _is_heard(each)]
    assert lint_imports(config_filename=str(PYPROJECT), no_cache=True) == 0
    for logger in known:  # import-linter silences them, and other tests listen to them
        logger.disabled = False


def _is_heard(logger: object) -> TypeGuard[logging.Logger]:
    return isinstance(logger, logging.Logger) and not logger.disabled


def test_every_package_that_is_not_of_the_world_is_held_to_be_pure() -> None:
    there = {
        each.stem
        for each in (ROOT / "liqbot").iterdir()
        if each.suffix == ".py" or (each / "__init__.py").exists()
    }
    pure = {each.removeprefix("liqbot.") for each in contract("pure-core")["source_modules"]}
    assert pure == there - WORLD - GROUND - {"__init__"}
