"""House rules as tests. Each says why; a rule that nobody can give a reason for does not belong here."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("claims", "workflows", "activities", "adapters", "sandbox", "simulation", "commands", "tools")
MONEY_ROOMS = ("claims", "workflows", "activities", "adapters")

MAX_LINES = 450
LONGER = {
    # one short class per event: split, the vocabulary could not be read in one place
    "claims/events.py": 800,
}


@cache
def modules(*rooms: str) -> tuple[Path, ...]:
    found = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    if rooms == PRODUCT:
        found += [path for name in ("starter.py", "worker.py") if (path := ROOT / name).exists()]
    return tuple(found)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def at(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def offences(paths: tuple[Path, ...], wrong: Callable[[ast.AST], bool]) -> list[str]:
    return [at(path, node) for path in paths for node in ast.walk(tree(path)) if wrong(node)]


def imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.partition(".")[0]


# ------------------------------------------------------------------------------------------------- money

MONEY = re.compile(r"cents|amount|charge|paid|pay|balance|price|fee|owed|allowed|copay|deductible|money|total")


def test_no_float_holds_money() -> None:
    """0.1 + 0.2 is not 0.3: one float on the way of an amount, and a ledger stops balancing months later."""

    def wrong(node: ast.AST) -> bool:
        match node:
            case (
                ast.arg(arg=name, annotation=ast.Name(id="float"))
                | ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name), annotation=ast.Name(id="float"))
                | ast.FunctionDef(name=name, returns=ast.Name(id="float"))
                | ast.AsyncFunctionDef(name=name, returns=ast.Name(id="float"))
            ):
                return bool(MONEY.search(name))
            case ast.Call(func=ast.Name(id="float"), args=[ast.Name(id=name) | ast.Attribute(attr=name)]):
                return bool(MONEY.search(name))
        return False

    assert offences(modules(*MONEY_ROOMS), wrong) == []


def test_the_core_has_no_float_at_all() -> None:
    """The core counts cents and days; both are whole."""

    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.Constant(value=float()):
                return True
            case ast.Name(id="float"):
                return True
        return False

    assert offences(modules("claims"), wrong) == []


def test_cents_are_never_divided_with_a_slash() -> None:
    """True division makes a float. A share of an amount is `//` with a rule for what is left over."""

    def cents(node: ast.AST) -> bool:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return name.endswith("cents")
        return False

    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.BinOp(op=ast.Div(), left=left, right=right):
                return cents(left) or cents(right)
            case ast.AugAssign(op=ast.Div(), target=target):
                return cents(target)
        return False

    assert offences(modules(*MONEY_ROOMS), wrong) == []


# ------------------------------------------------------------------------------------------------- the core

IMPURE = {
    "asyncio",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "sys",
    "threading",
    "time",
}
IMPURE |= {"uuid", "urllib", "http", "sqlite3", "tempfile", "io", "shutil"}


def test_the_core_touches_no_clock_network_file_or_chance() -> None:
    """Replay and the tell command give the same answer years later only if nothing but the event decides."""

    def wrong(node: ast.AST) -> bool:
        if set(imported(node)) & IMPURE:
            return True
        match node:
            case ast.Call(func=ast.Attribute(attr="now" | "utcnow")):
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id="date" | "datetime"), attr="today")):
                return True
            case ast.Call(func=ast.Name(id="open" | "input" | "print")):
                return True
        return False

    assert offences(modules("claims"), wrong) == []


def test_workflows_take_the_time_from_the_engine() -> None:
    """A workflow that reads the wall clock answers differently on replay, and the claim stops."""

    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="now" | "utcnow" | "today")):
                return name != "workflow"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="uuid" | "random" | "secrets"))):
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id="time"), attr="time" | "sleep" | "monotonic")):
                return True
        return False

    assert offences(modules("workflows"), wrong) == []


# ------------------------------------------------------------------------------------------------- what is said


def test_nothing_prints_where_patient_data_passes() -> None:
    """Standard output has no allow-list of keys: what is printed stands in somebody's log in clear text."""

    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.Call(func=ast.Name(id="print")):
                return True
        return False

    assert offences(modules(*MONEY_ROOMS), wrong) == []


def test_no_exception_is_swallowed_without_a_word() -> None:
    """A claim that was lost in silence is the one thing this product exists to prevent."""

    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.ExceptHandler(type=None):
                return True
            case ast.ExceptHandler(type=ast.Name(id="Exception" | "BaseException"), body=[ast.Pass()]):
                return True
        return False

    assert offences(modules(*PRODUCT), wrong) == []


def test_nothing_is_left_for_later_in_the_source() -> None:
    """A note in the source has no owner and no date. Unfinished work is a task that somebody can find."""
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK|NotImplemented" r"Error)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (*modules(*PRODUCT), *modules("tests"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert found == []


def test_every_module_says_what_lives_in_it() -> None:
    """The folder is read before the code; a module without a sentence has no room of its own."""
    written = [path for path in modules(*PRODUCT) if tree(path).body]
    silent = [str(path.relative_to(ROOT)) for path in written if not ast.get_docstring(tree(path))]
    assert silent == []


def test_a_module_is_no_bigger_than_a_room() -> None:
    """Past some 450 lines nobody reads a module as a whole any more, and it starts to hold two things."""
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PRODUCT)
    }
    assert {name: size for name, size in sizes.items() if size > LONGER.get(name, MAX_LINES)} == {}


def test_no_path_of_somebody_s_machine_is_in_the_project() -> None:
    """It works on no other machine, and it tells the world who lives where."""
    own = re.compile(r"/(?:home|Users|root)/\w")
    texts = [*modules(*PRODUCT), *modules("tests"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    texts += [ROOT / "Makefile", ROOT / "docker-compose.yml", ROOT / ".ci" / "run"]
    assert [str(path.relative_to(ROOT)) for path in texts if own.search(path.read_text(encoding="utf-8"))] == []


# ------------------------------------------------------------------------------------------------- tests themselves

OWN_ROOMS = {
    "bench",
    "browser",
    "chaos",
    "deploy",
    "stories",
    "histories",
    "fixtures",
    "strategies",
    "end_to_end",
    "demo",
    "properties",
}


def test_tests_mirror_the_rooms() -> None:
    """Whoever changes a room finds its tests without searching."""
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders - set(PRODUCT) - OWN_ROOMS == set()


def test_no_test_is_switched_off() -> None:
    """A test skipped for good says nothing. What needs something absent says so as it runs."""

    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="pytest"), attr="mark"), attr="skip" | "xfail"):
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id="pytest"), attr="xfail")):
                return True
        return False

    assert offences(modules("tests"), wrong) == []


def test_no_test_waits_on_the_wall_clock() -> None:
    """A second in each of a thousand tests is a quarter of an hour, and a slow machine makes it a lie as well."""

    def wrong(node: ast.AST) -> bool:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="time"), attr="sleep")):
                return True
        return False

    assert offences(modules("tests"), wrong) == []
