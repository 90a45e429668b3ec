"""The gate that no outgoing file passes without: our own reader, then pyx12's maps, or for 270 and 276 our own grammar.

pyx12 has no 005010 maps of 270 and 276.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from functools import cache
from io import StringIO
from typing import Any

import pyx12.error_visitor
import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

from adapters.x12.grammar import check_set
from adapters.x12.reader import TransactionSet, read_document
from claims.documents import Problem

Grammar = Callable[[TransactionSet], list[Problem]]
GRAMMARS: dict[str, Grammar] = {"270": check_set, "276": check_set}
"""By kind: what proves a set that pyx12 has no map for."""

_MAPPED = frozenset({"837P", "837I", "835", "999", "277CA"})

# pyx12 logs the values that it refuses; they are protected health information.
_LOGGER = logging.getLogger("pyx12")
_LOGGER.setLevel(logging.CRITICAL + 1)
_LOGGER.propagate = False

_CONTENT = re.compile(r"\b([A-Z][A-Z0-9]{1,2})\*(\S*)")


def _name_alone(match: re.Match[str]) -> str:
    """A segment that pyx12 quotes: its identifier, and its first element where that is a qualifier."""
    qualifier = match[2].split("*")[0]
    return f"{match[1]}*{qualifier}" if len(qualifier) <= 3 else match[1]


# A map is read once (180 ms) and shared; its nodes are not known to be safe under two walkers, so one walks at a time.
_LOCK = threading.Lock()
_load_map_file = pyx12.map_if.load_map_file


def gate(x12: str) -> list[Problem]:
    """What is wrong with an outgoing file, each at its segment (from 1) and element; empty where it may go out.

    A set for which there is neither a map nor a grammar does not pass.
    """
    document = read_document(x12.encode())
    problems = document.all_problems
    if not document.sets:
        return problems or [Problem(segment=0, reason="the file holds no transaction set", fatal=True)]
    mapped = False
    for one in document.sets:
        if one.kind in GRAMMARS:
            problems.extend(GRAMMARS[one.kind](one))
        elif one.kind in _MAPPED:
            mapped = True
        else:
            reason = f"no grammar proves a set of kind {one.kind}"
            problems.append(Problem(segment=one.first, reason=reason, fatal=True))
    if mapped:
        problems.extend(_pyx12(x12))
    return sorted(problems, key=lambda problem: (problem.segment, problem.element))


@cache
def _map_once(map_file: str, map_path: str | None) -> Any:
    return _load_map_file(map_file, pyx12.params.ParamsBase(), map_path)


def _cached_map(map_file: str, param: Any, map_path: str | None = None) -> Any:
    return _map_once(map_file, map_path)


class _Collector(pyx12.error_visitor.error_visitor):  # type: ignore[misc, unused-ignore]
    """Takes the errors out of pyx12's tree; values are cut out of its messages."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._segment = 0

    def _add(self, segment: int, element: int, text: str, value: object = None) -> None:
        if value:
            text = text.replace(str(value), "...")
        text = _CONTENT.sub(_name_alone, text)
        self.problems.append(Problem(segment=max(segment, 0), element=element, reason=f"pyx12: {text}"))

    def visit_isa_post(self, err_isa: Any) -> None:
        for _, text in err_isa.errors:
            self._add(err_isa.get_cur_line(), 0, text)

    def visit_gs_post(self, err_gs: Any) -> None:
        for _, text in err_gs.errors:
            self._add(err_gs.get_cur_line(), 0, text)

    def visit_st_post(self, err_st: Any) -> None:
        for _, text in err_st.errors:
            self._add(err_st.get_cur_line(), 0, text)

    def visit_seg(self, err_seg: Any) -> None:
        self._segment = err_seg.get_cur_line()
        for _, text, value in err_seg.errors:
            self._add(self._segment, 0, text, value)

    def visit_ele(self, err_ele: Any) -> None:
        for _, text, value in err_ele.errors:
            self._add(self._segment, err_ele.ele_pos or 0, text, value)


def _pyx12(x12: str) -> list[Problem]:
    collector = _Collector()
    with _LOCK:
        trees: list[Any] = []
        handler, pyx12.map_if.load_map_file = pyx12.error_handler.err_handler, _cached_map
        try:
            passed = _validate(x12, handler, trees)
        except Exception as error:  # it has raised IndexError and AttributeError on damaged files: those don't pass
            return [Problem(segment=0, reason=f"pyx12 stopped: {type(error).__name__}", fatal=True)]
        finally:
            pyx12.map_if.load_map_file = _load_map_file
            pyx12.error_handler.err_handler = handler
    for tree in trees:
        tree.accept(collector)
    if not passed and not collector.problems:
        collector.problems.append(Problem(segment=0, reason="pyx12 does not pass the file and gives no reason"))
    return collector.problems


def _validate(x12: str, handler: Any, trees: list[Any]) -> bool:
    """Run pyx12, keeping hold of the error tree that it makes for itself and gives nobody."""

    def kept() -> Any:
        trees.append(handler())
        return trees[-1]

    pyx12.error_handler.err_handler = kept
    return bool(pyx12.x12n_document.x12n_document(pyx12.params.ParamsBase(), StringIO(x12), None, None))
