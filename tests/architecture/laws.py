"""The laws of the tree, each as a function from folders to the places that break it."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from grimp import ImportGraph

FILE_LINES, KERNELS_LINES, FUNCTION_LINES, PORT_METHODS = 300, 400, 40, 4

_NOUNLESS = re.compile(
    r"_?(utils?|helpers?|common|misc|base|core|types)|\w+(Manager|Helper|Service|Handler|Utils?)"
)
_PLACE = re.compile(
    r"(?<![\w.~<>*{}-])/(?:work|root|home|tmp|Users)/[\w.]+|\bpypi\.\w+|python[h]osted|//[\w.:-]+/simple"
)
_WALL = {"now", "utcnow", "today"}
_CHANCE = {"random", "secrets", "uuid"}


def sources(*folders: Path) -> Iterator[Path]:
    """Yield every Python file under some folders."""
    for folder in folders:
        yield from sorted(folder.rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), path.name)


def families(package: Path) -> list[Path]:
    """Plural names are families: the folders to which one adds a file."""
    return [
        each
        for each in sorted(package.iterdir())
        if each.name.endswith("s") and each.name != "operations" and _is_package(each)
    ]


def members(family: Path) -> set[str]:
    """All files of a family but the one that says what a member is, and plumbing."""
    names = {each.stem for each in family.iterdir() if each.suffix == ".py" or _is_package(each)}
    return {name for name in names if not name.startswith("_")} - {singular(family.name)}


def singular(plural: str) -> str:
    return plural.removesuffix("s")


def acquaintances(graph: ImportGraph, family: str, names: set[str]) -> list[str]:
    """Members of a family are strangers, and nobody imports one: the registry loads them."""
    wrong = []
    for name in sorted(names):
        member = f"{family}.{name}"
        within = {member, *graph.find_descendants(member)}
        importers = {
            one for each in within for one in graph.find_modules_that_directly_import(each)
        }
        wrong += [f"{one} imports {member}" for one in sorted(importers - within)]
    return wrong


def inits_that_do_something(package: Path) -> list[str]:
    """The `__init__` of machinery is its docstring, of a family its registry too."""
    wrong = []
    for path in sources(package):
        if path.name != "__init__.py" or path.parent == package:
            continue
        body = tree(path).body
        has_docstring = bool(body) and ast.get_docstring(tree(path)) is not None
        rest = body[1:] if has_docstring else body
        if path.parent in families(package):
            rest = [each for each in rest if not isinstance(each, ast.ImportFrom)]
            if [_assigned(each) for each in rest] != [path.parent.name.upper()]:
                wrong.append(f"{_name(path)} is not a docstring and {path.parent.name.upper()}")
        elif rest or not has_docstring:
            wrong.append(f"{_name(path)} is not just a docstring")
    return wrong


def nounless_names(paths: Iterable[Path]) -> list[str]:
    """A file or class is called after what it is."""
    return [
        f"{_name(path)}: {name}"
        for path in paths
        for name in (
            path.stem,
            *(n.name for n in ast.walk(tree(path)) if isinstance(n, ast.ClassDef)),
        )
        if _NOUNLESS.fullmatch(name)
    ]


def long_files(paths: Iterable[Path]) -> list[str]:
    """A file is read in one sitting."""
    return [
        f"{_name(path)}: {lines} lines"
        for path in paths
        if (lines := path.read_text(encoding="utf-8").count("\n"))
        > (KERNELS_LINES if path.name == "kernels.py" else FILE_LINES)
    ]


def long_functions(paths: Iterable[Path]) -> list[str]:
    """A function is seen at once; what its docstring says of it does not count."""
    return [
        f"{_name(path)}: {node.name} has {lines} lines"
        for path in paths
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := _lines(node) - _lines_of_docstring(node)) > FUNCTION_LINES
    ]


def wide_ports(paths: Iterable[Path]) -> list[str]:
    """A port has few methods, so that anyone can implement it; a property is a field."""
    return [
        f"{_name(path)}: {node.name}"
        for path in paths
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        if _is_port(node)
        if sum(_is_method(each) for each in ast.iter_child_nodes(node)) > PORT_METHODS
    ]


def errors_outside_the_tree(package: Path) -> list[str]:
    """Every exception is drawn in errors.py."""
    return [
        f"{_name(path)}: {node.name}"
        for path in sources(package)
        if path != package / "errors.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        if any(re.search(r"(Error|Exception|Warning)$", ast.unparse(b)) for b in node.bases)
    ]


def broad_excepts(paths: Iterable[Path]) -> list[str]:
    """Only what is expected is caught."""
    return [
        f"{_name(path)}:{node.lineno}"
        for path in paths
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or re.search(r"\b(Base)?Exception\b", ast.unparse(node.type))
    ]


def uses_of_time_and_chance(package: Path) -> list[str]:
    """Nothing but the clock reads the wall; only simulation and app.py draw, from a seed."""
    wrong = []
    for path in sources(package):
        where = path.relative_to(package)
        for node in ast.walk(tree(path)):
            if where != Path("clock.py") and _reads_the_wall(node):
                wrong.append(f"{_name(path)}:{node.lineno} reads the wall")  # type: ignore[attr-defined]
            if _draws(node, seeded=where.parts[0] in {"simulation", "app.py"}):
                wrong.append(f"{_name(path)}:{node.lineno} leaves it to chance")  # type: ignore[attr-defined]
    return wrong


def compiled_outside_kernels(package: Path) -> list[str]:
    """numba's cache sees only the file that it compiles, so one file holds all kernels."""
    compilers = {"njit", "jit", "vectorize", "guvectorize", "cfunc", "jitclass", "stencil"}
    return [
        f"{_name(path)}: {node.id if isinstance(node, ast.Name) else node.attr}"
        for path in sources(package)
        if path != package / "heatmap" / "kernels.py"
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Name) and node.id in compilers)
        or (isinstance(node, ast.Attribute) and node.attr in compilers)
    ]


def foreign_places(paths: Iterable[Path]) -> list[str]:
    """No file knows the machine it was written on, or where packages are fetched from."""
    return [
        f"{_name(path)}: {found[0]}"
        for path in paths
        for found in _PLACE.finditer(path.read_text(encoding="utf-8"))
    ]


def untested_files(package: Path, tests: Path) -> list[str]:
    """Every file that does something has its test in the same place."""
    return [
        _name(path)
        for path in sources(package)
        if path.stem not in {"__init__", "__main__"}
        and not (path.stem.startswith("_") and path.parent in families(package))
        and _does_something(tree(path))
        and not _tests_of(path.relative_to(package), tests)
    ]


def orphaned_tests(package: Path, tests: Path, apart: set[str]) -> list[str]:
    """Every test has its file in the same place, but in the folders that stand apart."""
    tested = {
        test
        for path in [*sources(package), *(each for each in package.rglob("*") if _is_package(each))]
        for test in _tests_of(path.relative_to(package), tests)
    }
    return [
        _name(path)
        for path in sources(tests)
        if path.name.startswith("test_") and path.relative_to(tests).parts[0] not in apart
        if path not in tested
    ]


def _tests_of(source: Path, tests: Path) -> list[Path]:
    """What may test `a/b.py`: a/test_b.py, a/test_b_….py, or as part of `a`, test_a.py."""
    folder = tests / source.parent
    stem = source.stem.removeprefix("_")
    found = [*folder.glob(f"test_{stem}.py"), *folder.glob(f"test_{stem}_*.py")]
    if len(source.parts) > 2:
        found += folder.parent.glob(f"test_{source.parent.name}.py")
    return found


def _does_something(module: ast.Module) -> bool:
    """Tell whether a file holds code to run; a port only says what others have to do."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in module.body
        if not _is_port(statement)
        for node in ast.walk(statement)
    )


def _is_port(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        "Protocol" in ast.unparse(base) for base in node.bases
    )


def _is_method(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not any(
        ast.unparse(each) == "property" for each in node.decorator_list
    )


def _reads_the_wall(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return "time" in _imported(node)
    return (
        isinstance(node, ast.Attribute)
        and node.attr in _WALL
        and ast.unparse(node.value) in {"datetime", "date", "datetime.datetime", "datetime.date"}
    )


def _draws(node: ast.AST, *, seeded: bool) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return bool(_imported(node) & _CHANCE)
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("default_rng"):
        return not (seeded and node.args)
    return bool(re.fullmatch(r"(np|numpy)\.random\.[a-z]\w*", ast.unparse(node))) and not seeded


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = (
        [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
    )
    return {name.partition(".")[0] for name in names}


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _lines_of_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return _lines(node.body[0]) if ast.get_docstring(node) is not None else 0


def _assigned(node: ast.stmt) -> str:
    target = node.target if isinstance(node, ast.AnnAssign) else None
    return target.id if isinstance(target, ast.Name) else ""


def _is_package(path: Path) -> bool:
    return (path / "__init__.py").is_file()


def _name(path: Path) -> str:
    return "/".join(path.parts[-3:])
