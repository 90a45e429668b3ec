"""Databases of every release are brought to this one, keep what they hold, and end up as a new one would be."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, make_url, text, update
from sqlalchemy.engine import Inspector

from adapters.records import RecordsError, SqlRecords, open_records
from adapters.records.database import Database
from adapters.records.schema import SCHEMA_VERSION, metadata, schema_version
from adapters.records.upgrade import migrations, upgrade, version_of

RELEASED = Path(__file__).parent / "released"
RELEASES = sorted({int(path.name[6 : path.name.index(".")]) for path in RELEASED.glob("schema*.sql")})


def put(url: str, release: int) -> None:
    """The database of that release, as its own code made it."""
    kind = make_url(url).get_backend_name()
    script = (RELEASED / f"schema{release}.{kind}.sql").read_text(encoding="utf-8")
    if kind == "sqlite":
        with sqlite3.connect(str(make_url(url).database)) as database:
            database.executescript(script)
        database.close()
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(script.replace("%", "%%"))
    engine.dispose()


def shape(connection: Connection) -> dict[str, object]:
    """Every table with its columns, keys and indexes. Defaults that the database knows are left out: steps that add a
    column need one for older rows, while we name every column of a new row."""
    found: Inspector = inspect(connection)
    return {
        table: (
            {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(table)},
            found.get_pk_constraint(table)["constrained_columns"],
            sorted((k["constrained_columns"], k["referred_table"]) for k in found.get_foreign_keys(table)),
            sorted(u["column_names"] for u in found.get_unique_constraints(table)),
            sorted((str(i["name"]), i["column_names"], i["unique"]) for i in found.get_indexes(table)),
        )
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def shape_at(url: str) -> dict[str, object]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = shape(connection)
    engine.dispose()
    return found


async def held(records: SqlRecords) -> dict[str, object]:
    """What an installation would miss first."""
    (first, *_), documents = await records.claim("p1/c1"), await records.documents()
    (item,) = await records.unmatched()
    return {
        "claims": sorted(view.claim_id for view in (await records.list_claims()).claims),
        "open": first.open_cents,
        "journal": [entry.sequence for entry in await records.journal("p1", "c1")],
        "tasks": len(await records.tasks()),
        "documents": sorted((one.kind, one.done_at is not None) for one in documents),
        "unmatched": (item.reference, item.amount_cents),
        "matched by": [one.claim_id for one in await records.candidates(patient_control_numbers=["PCN-c2"])],
        "fetched": await records.fetched("sandbox", "i1") is not None,
        "next number": (await records.next_control_numbers("p1/c3/1")).interchange,
    }


def test_every_release_but_this_one_has_its_database_here() -> None:
    assert set(range(1, SCHEMA_VERSION)) <= set(RELEASES)


@pytest.mark.parametrize("release", RELEASES)
def test_a_database_of_a_release_keeps_what_it_holds(fresh: Callable[[], str], release: int) -> None:
    url = fresh()
    put(url, release)

    records = open_records(url, upgrading=True)
    # Two claims had control numbers 1 and 2; the numbers go on after them.
    assert asyncio.run(held(records)) == {
        "claims": ["c1", "c2"],
        "open": 2_000,
        "journal": [1, 2],
        "tasks": 2,
        "documents": [("277CA", False), ("835", True)],
        "unmatched": ("NOBODY", 4_200),
        "matched by": ["c2"],
        "fetched": True,
        "next number": 3,
    }
    if release >= 2:
        assert [row.payment_cents for row in asyncio.run(records.remittances())] == [12_125]
    if release >= 3:
        assert {entry.done_by for entry in asyncio.run(records.provider_entries())} == {"", "biller.kim"}
    records.close()


@pytest.mark.parametrize("release", RELEASES)
def test_an_upgraded_database_looks_like_a_new_one(fresh: Callable[[], str], release: int) -> None:
    new, old = fresh(), fresh()
    open_records(new).close()
    put(old, release)
    open_records(old, upgrading=True).close()
    assert shape_at(old) == shape_at(new)


def test_every_step_from_nothing_makes_what_the_schema_says(fresh: Callable[[], str]) -> None:
    by_steps, by_schema = create_engine(fresh()), create_engine(fresh())
    with by_steps.begin() as connection:
        upgrade(connection)
        assert version_of(connection) == SCHEMA_VERSION
        stepped = shape(connection)
    with by_schema.begin() as connection:
        metadata.create_all(connection)
        assert stepped == shape(connection)
    by_steps.dispose()
    by_schema.dispose()


def test_steps_are_numbered_without_a_gap_up_to_the_schemas_version() -> None:
    # Two people who add a step at once both take the same number: this fails for the second.
    assert [step.version for step in migrations()] == list(range(1, SCHEMA_VERSION + 1))
    assert all(step.brings for step in migrations())


def test_production_leaves_an_older_database_alone_and_names_the_command(fresh: Callable[[], str]) -> None:
    url = fresh()
    put(url, 1)
    before = shape_at(url)
    with pytest.raises(RecordsError, match=r"schema 1; needed is \d+\); .*starter\.py records upgrade"):
        open_records(url, upgrading=False)
    assert shape_at(url) == before


def test_by_default_a_file_of_one_machine_is_upgraded_and_a_shared_server_is_not(fresh: Callable[[], str]) -> None:
    url = fresh()
    put(url, 1)
    if url.startswith("sqlite"):
        open_records(url).close()
        assert Database(url, look=True).version() == SCHEMA_VERSION
    else:
        with pytest.raises(RecordsError, match="records upgrade"):
            open_records(url)


def test_a_step_that_fails_leaves_the_database_as_it_was(fresh: Callable[[], str]) -> None:
    url = fresh()
    put(url, 1)
    before = shape_at(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        # in the way of schema 2, whose steps before this one have been taken by then
        connection.execute(text("CREATE TABLE provider_entries (x integer)"))
    with pytest.raises(RecordsError):
        open_records(url, upgrading=True)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE provider_entries"))
    engine.dispose()
    assert shape_at(url) == before
    open_records(url, upgrading=True).close()


def test_a_newer_database_is_refused(fresh: Callable[[], str]) -> None:
    url = fresh()
    open_records(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(update(schema_version).values(version=99))
    engine.dispose()
    for upgrading in (True, False):
        with pytest.raises(RecordsError, match=rf"schema 99; this one knows {SCHEMA_VERSION}"):
            open_records(url, upgrading=upgrading)


async def test_workers_that_start_at_once_upgrade_once(fresh: Callable[[], str]) -> None:
    url = fresh()
    put(url, 1)
    opened = await asyncio.gather(*(asyncio.to_thread(open_records, url, upgrading=True) for _ in range(4)))
    assert await opened[0].known("p1", "c1") is not None
    for records in opened:
        records.close()
