"""Writing TA1 (interchange acknowledgement) and 999 (implementation acknowledgement, 005010X231A1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sandbox.x12.envelope import ACK_999, Address, Row, interchange, isa, line
from sandbox.x12.segments import Group, Interchange, TransactionSet
from sandbox.x12.syntax_837 import SegmentFault, SetFaults


def ta1(received: Interchange, code: str, to: Address, control: int, at: datetime) -> str:
    """A TA1 on `received`. `code` is TA105: 000 accepts, 025 (seen before) accepts with errors, others reject."""
    status = {"000": "A", "025": "E"}.get(code, "R")
    header = received.isa
    ack = line(["TA1", header.at(13), header.at(9), header.at(10), status, code])
    return isa(to, control, at) + ack + line(["IEA", "0", f"{control:09d}"])


def ack_999(
    group: Group,
    sets: Sequence[tuple[TransactionSet, SetFaults]],
    to: Address,
    control: int,
    at: datetime,
) -> str:
    """A 999 on one functional group, with the faults of each of its sets."""
    accepted = sum(not faults.rejected for _, faults in sets) if not group.codes else 0
    body: list[Row] = [["AK1", group.gs.at(1), group.gs.at(6), group.gs.at(8)]]
    for transaction, faults in sets:
        body.append(["AK2", transaction.st.at(1), transaction.control_number, transaction.st.at(3)])
        for fault in faults.segments:
            body.extend(_fault(fault))
        body.append(["IK5", "R" if faults.rejected else "A", *faults.codes[:5]])
    verdict = "A" if accepted == len(sets) and not group.codes else "R" if accepted == 0 else "P"
    declared = str(group.declared_sets or len(sets))
    body.append(["AK9", verdict, declared, str(len(sets)), str(accepted), *group.codes[:5]])
    return interchange(ACK_999, body, to, control, at)


def _fault(fault: SegmentFault) -> list[Row]:
    loop = fault.loop[:4]  # element 447 has four characters: 2010BA is said as 2010
    rows: list[Row] = [["IK3", fault.segment_id, str(fault.position), loop, fault.code]]
    for element in fault.elements:
        place = (str(element.element), str(element.component)) if element.component else str(element.element)
        rows.append(["IK4", place, element.reference, element.code, element.value[:99]])
    return rows
