"""Child processes live and die with their group, however the group dies."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from commands.processes import AlreadyRunning, CannotStart, FolderLock, Group, Part, free_port, read_note

ROOT = Path(__file__).resolve().parents[2]
WAITS = [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.close(); import signal; signal.pause()"]


def part(folder: Path, command: list[str], ready: Callable[[], bool] | None = None) -> Part:
    log = folder / "part.log"
    return Part("part", command, {}, log, ready or (lambda: log.exists() and "up" in log.read_text()), patience=10)


def gone(pid: int) -> bool:
    """No such process, or nothing of it but its exit status."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "\nState:\tZ" in status.read_text()


def test_leaving_the_group_stops_its_processes(tmp_path: Path) -> None:
    with Group(tmp_path) as group:
        group.start(one := part(tmp_path, WAITS))
        assert one.process is not None
        pid = one.process.pid
    assert gone(pid)


def test_a_process_that_fails_at_its_start_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('the port is taken')"]
    with Group(tmp_path) as group, pytest.raises(CannotStart, match="the port is taken"):
        group.start(part(tmp_path, command))


def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    with Group(tmp_path) as group:
        group.start(one := part(tmp_path, WAITS))
        assert one.process is not None
        one.process.kill()
        one.process.wait()
        assert group.watch() == ["part"]
        assert one.alive


def test_a_process_that_dies_again_and_again_ends_the_group(tmp_path: Path) -> None:
    with Group(tmp_path) as group:
        group.start(one := part(tmp_path, WAITS))

        def die_and_watch() -> None:
            assert one.process is not None
            one.process.kill()
            one.process.wait()
            group.watch()

        for _ in range(group.restart_limit):
            die_and_watch()
        with pytest.raises(CannotStart, match="times in a minute"):
            die_and_watch()


def test_a_parent_killed_with_9_leaves_no_process_behind(tmp_path: Path) -> None:
    program = textwrap.dedent(
        f"""
        import sys; sys.path.insert(0, {str(ROOT)!r}); sys.path.insert(0, {str(Path(__file__).parent)!r})
        from pathlib import Path
        from commands.processes import Group, Part
        log = Path({str(tmp_path / "child.log")!r})
        one = Part("child", {WAITS!r}, {{}}, log, lambda: log.exists() and "up" in log.read_text(), patience=10)
        group = Group(Path({str(tmp_path)!r}))
        group.start(one)
        print(one.process.pid, flush=True)
        sys.stdin.read()
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    descriptor = os.pidfd_open(child)
    try:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert _ended(descriptor)
    finally:
        os.close(descriptor)


def _ended(descriptor: int) -> bool:
    """A pidfd becomes readable when its process ends: no guessing how long that takes."""

    return bool(select.select([descriptor], [], [], 10)[0])


def test_one_stack_a_folder_and_the_second_is_told_where_the_first_is(tmp_path: Path) -> None:
    first = FolderLock(tmp_path)
    first.write({"ui": "http://127.0.0.1:8233"})
    with pytest.raises(AlreadyRunning) as refused:
        FolderLock(tmp_path)
    assert refused.value.note["ui"] == "http://127.0.0.1:8233"
    first.release()
    FolderLock(tmp_path).release()


def test_a_note_that_outlived_its_stack_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text('{"ui": "http://127.0.0.1:8233"}')
    assert read_note(tmp_path) == {}


def test_a_taken_port_gives_way_to_a_free_one() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        # 32768: where those begin that Linux gives away by itself, to the inner services of Temporal's server among others
        assert 1024 <= free_port(taken, set()) < 32768
