"""Files: what they are called, how long they are, and where their tests are."""

from pathlib import Path

from tests.architecture.conftest import Plant
from tests.architecture.laws import (
    inits_that_do_something,
    long_files,
    long_functions,
    nounless_names,
    orphaned_tests,
    sources,
    untested_files,
    wide_ports,
)

ROOT = Path(__file__).parents[2]
PACKAGE, TESTS = ROOT / "liqbot", ROOT / "tests"
EVERY_FILE = list(sources(PACKAGE, TESTS, ROOT / "benchmarks"))
APART = {"architecture", "contracts", "fakes", "scenarios"}  # they mirror no folder


def test_an_init_is_a_docstring_or_a_registry() -> None:
    assert inits_that_do_something(PACKAGE) == []


def test_an_init_that_does_something_is_found(plant: Plant) -> None:
    root = plant(
        {
            "__init__.py": "__version__ = '1'",
            "empty/__init__.py": "",
            "busy/__init__.py": '"""A map."""\nimport busy.engine',
            "fine/__init__.py": '"""A map."""',
            "rules/__init__.py": '"""A map."""\nfrom x import R\nRULES: R = R()',
            "jobs/__init__.py": '"""A map."""',
            "charts/__init__.py": '"""A map."""\nCHARTS: R = R()\nprint(CHARTS)',
        }
    )
    assert [each.rsplit("/", 2)[1] for each in inits_that_do_something(root)] == [
        "busy",
        "charts",
        "empty",
        "jobs",
    ]


def test_names_are_nouns_of_their_own() -> None:
    assert nounless_names(EVERY_FILE) == []


def test_a_name_that_says_nothing_is_found(plant: Plant) -> None:
    root = plant(
        {
            "utils.py": "",
            "_helpers.py": "",
            "a/types.py": "",
            "timetypes.py": "class Manager: ...\nclass Handle: ...",
            "b.py": "class MarketManager: ...",
            "c.py": "def f():\n    class _EventHandler: ...",
        }
    )
    found = {each.split(": ")[1] for each in nounless_names(sources(root))}
    assert found == {"utils", "_helpers", "types", "MarketManager", "_EventHandler"}


def test_files_are_short() -> None:
    assert long_files(EVERY_FILE) == []


def test_a_long_file_is_found_and_kernels_may_be_longer(plant: Plant) -> None:
    line = "x = 1\n"
    root = plant(
        {
            "fits.py": line * 300,
            "long.py": line * 301,
            "a/kernels.py": line * 400,
            "b/kernels.py": line * 401,
        }
    )
    found = [each.split("/")[-2:] for each in long_files(sources(root))]
    assert found == [["b", "kernels.py: 401 lines"], [root.name, "long.py: 301 lines"]]


def test_functions_are_short() -> None:
    assert long_functions(EVERY_FILE) == []


def test_a_long_function_is_found_wherever_it_is(plant: Plant) -> None:
    def function(name: str, lines: int, docstring: str = "") -> str:
        return f"def {name}():\n{docstring}" + "    x = 1\n" * (lines - 1)

    inside = "".join(f"    {line}\n" for line in function("method", 41).splitlines())
    root = plant(
        {
            "a.py": function("fits", 40) + function("told", 40, '    """Tell.\n\n    It."""\n'),
            "b.py": function("long", 41),
            "c.py": f"class C:\n{inside}",
            "d.py": f"async {function('later', 41)}",
        }
    )
    assert [each.split(": ")[1] for each in long_functions(sources(root))] == [
        "long has 41 lines",
        "method has 41 lines",
        "later has 41 lines",
    ]


def test_ports_have_few_methods() -> None:
    assert wide_ports(sources(PACKAGE)) == []


def test_a_wide_port_is_found(plant: Plant) -> None:
    def port(name: str, base: str, methods: int) -> str:
        return f"class {name}({base}):\n" + "".join(
            f"    def m{i}(self): ...\n" for i in range(methods)
        )

    root = plant(
        {
            "a.py": port("Fits", "Protocol", 4) + port("Wide", "typing.Protocol", 5),
            "b.py": port("Generic", "Protocol[T]", 5) + port("NoPort", "object", 5),
            "c.py": port("Fits", "Protocol", 4) + "    @property\n    def name(self): ...\n",
        }
    )
    assert [each.split(": ")[1] for each in wide_ports(sources(root))] == ["Wide", "Generic"]


def test_tests_mirror_the_files() -> None:
    assert untested_files(PACKAGE, TESTS) == []
    assert orphaned_tests(PACKAGE, TESTS, APART) == []


def test_a_file_without_its_test_and_a_test_without_its_file_are_found(plant: Plant) -> None:
    does = "def f(): ..."
    root = plant(
        {
            "pkg/__init__.py": does,
            "pkg/a/values.py": "X = 1",
            "pkg/a/tested.py": does,
            "pkg/a/twice.py": does,
            "pkg/a/untested.py": does,
            "pkg/b/__init__.py": "",
            "pkg/b/part.py": does,
            "pkg/c/deep/__init__.py": "",
            "pkg/c/deep/part.py": does,
            "pkg/rules/__init__.py": "",
            "pkg/rules/_plumbing.py": does,
            "tests/a/test_tested.py": "",
            "tests/a/test_twice_more.py": "",
            "tests/a/test_gone.py": "",
            "tests/c/test_deep.py": "",
            "tests/rules/test_plumbing.py": "",
            "tests/apart/test_law.py": "",
        }
    )
    assert untested_files(root / "pkg", root / "tests") == ["pkg/a/untested.py", "pkg/b/part.py"]
    assert orphaned_tests(root / "pkg", root / "tests", {"apart"}) == ["tests/a/test_gone.py"]
