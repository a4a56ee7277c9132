"""One partner's warehouse: opened by one writer, checked against the batch log, caught up with it.

The file is a cache of landing. Its position in the log is committed with the rows, so that a file
that lost its newest commits is behind by just those batches and replays them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa

from pipelines.batch_log import BatchLog, BatchRecord, Counts
from pipelines.contracts import MODELS
from pipelines.errors import HomeLockedError, LandingDamagedError
from pipelines.failpoints import reach
from pipelines.kindtables import kind_table
from pipelines.landing import clear_unfinished
from pipelines.loading import Arrival, load_batch, replay_batch
from pipelines.places import Place
from pipelines.screening.staging import prepare
from pipelines.settings import Settings
from pipelines.sightings import read_sightings
from pipelines.sqlfiles import sql_text
from pipelines.whereabouts import create_places

SCHEMA_VERSION = "4"
ATTACH_TRIES = 300
RETRY_SECONDS = 0.1
LOCKED = "Could not set lock"
DAMAGED = ("Corrupt database file", "Could not read enough bytes")
"""What the engine says of a block that is wrong or gone, when it comes to read it."""

DAMAGE = (duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
Result = TypeVar("Result")


def open_engine(settings: Settings) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with this deployment's limits, in UTC."""
    connection = duckdb.connect(
        config={
            "memory_limit": settings.memory_limit,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            **({"threads": settings.threads} if settings.threads else {}),
        }
    )
    connection.execute(sql_text("engine.sql"))
    prepare(connection)
    return connection


class Facts:
    """One partner's warehouse attached to an engine as `facts`, whole up to the end of the log."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        place: Place,
        settings: Settings,
        *,
        file: Path | None = None,
    ) -> None:
        """`file` is another place for the warehouse than the partner's own, to check that one."""
        self.connection = connection
        self.place = place
        self.settings = settings
        self.file = file or place.facts
        self.log = BatchLog(place.log)
        self.position = 0
        self.next_sequence = 1
        self.last_counts = Counts()
        """What became of the newest batch loaded or replayed."""

    def open(self) -> None:
        """Attach the file, setting aside one that is damaged, and replay what it lacks.

        Raises HomeLockedError when another process keeps the file open, and LandingDamagedError.
        """
        self.place.root.mkdir(parents=True, exist_ok=True)
        try:
            self._attach_alone()
            self._catch_up()
        except _StaleError:
            self._rebuild()
        except duckdb.Error as error:
            self._mend(error)
        clear_unfinished(self.place, self.next_sequence)

    def load(self, arrival: Arrival) -> Counts:
        """Land and load the partner's records of `screened`; returns what became of them.

        A file that shows its damage only now is made anew from landing, and the batch with it.
        """
        sequence = self.next_sequence
        try:
            return load_batch(self, arrival)
        except duckdb.Error as error:
            self._mend(error)
        is_landed = self.next_sequence > sequence
        clear_unfinished(self.place, self.next_sequence)
        return self.last_counts if is_landed else load_batch(self, arrival)

    def derive(self, work: Callable[[Facts], Result]) -> Result:
        """Return `work(self)`, done again on a new file where this one shows damage."""
        try:
            return work(self)
        except duckdb.Error as error:
            self._mend(error)
            return work(self)

    def close(self) -> None:
        """Detach the file; what was committed is in it."""
        try:
            self.connection.execute(sql_text("detach.sql"))
        except duckdb.Error:
            return

    def advance(self, record: BatchRecord, position: int) -> None:
        """Note that the log has been followed up to `position`, past `record`."""
        self.position = position
        self.next_sequence = record.sequence + 1
        self.last_counts = record.counts

    def _mend(self, error: duckdb.Error) -> None:
        """Make the file anew from landing when `error` says that it is damaged; else raise it."""
        if not (isinstance(error, DAMAGE) or any(words in str(error) for words in DAMAGED)):
            raise error
        self._rebuild()

    def _rebuild(self) -> None:
        self.close()
        set_aside(self.file)
        self.position, self.next_sequence = 0, 1
        self._attach()
        self._catch_up()

    def _attach_alone(self) -> None:
        """Attach the file once those who read it for a moment have let go."""
        for _ in range(ATTACH_TRIES):
            try:
                return self._attach()
            except duckdb.IOException as error:
                if LOCKED not in str(error):
                    return self._rebuild()
                time.sleep(RETRY_SECONDS)
            except duckdb.Error:
                return self._rebuild()
        raise HomeLockedError(f"{self.file}: another process keeps it open; wait for it")

    def _attach(self) -> None:
        is_new = not self.file.exists()
        self.connection.execute(sql_text("attach.sql"), {"file": str(self.file)})
        if is_new:
            self._create()
        found = dict(self.connection.execute(sql_text("meta.sql")).fetchall())
        if (found.get("schema"), found.get("engine")) != (SCHEMA_VERSION, duckdb.__version__):
            raise _StaleError
        row = self.connection.execute(sql_text("position.sql")).fetchone()
        if row is None or row[0] > self.log.size:
            raise _StaleError
        self.position, self.next_sequence = row

    def _create(self) -> None:
        self.connection.execute("begin")
        self.connection.execute(sql_text("facts_tables.sql"))
        create_places(self.connection)
        for kind in MODELS:
            definition = kind_table(kind).definition()
            self.connection.execute(
                sql_text("kind_table.sql").format(kind=kind, columns=definition)
            )
        self.connection.execute(sql_text("model_tables.sql").format(catalog="facts"))
        for name, value in (("schema", SCHEMA_VERSION), ("engine", duckdb.__version__)):
            self.connection.execute(sql_text("add_meta.sql"), {"name": name, "value": value})
        self._restore_sightings()
        self.connection.execute("commit")
        # Schema statements left in the write-ahead log have kept files from opening after a crash.
        self.connection.execute("checkpoint facts")

    def _restore_sightings(self) -> None:
        """Take over when exceptions were seen, which no record tells."""
        sightings = pa.table({"sighting": list(read_sightings(self.place.landing))})
        if sightings.num_rows:
            self.connection.register("sightings", sightings)
            self.connection.execute(sql_text("restore_exceptions.sql"))
            self.connection.unregister("sightings")

    def _catch_up(self) -> None:
        """Replay the batches that the log names and the file does not hold."""
        if self.position == self.log.size:
            return
        # A part that was screened before this partner's facts were opened waits to be loaded.
        self.connection.execute(sql_text("keep_screened.sql"))
        try:
            for record, position in self.log.read(self.position):
                reach("replay_begun")
                replay_batch(self, record, position)
        except LandingDamagedError:
            self.close()
            raise
        finally:
            self.connection.execute(sql_text("restore_screened.sql"))


class _StaleError(Exception):
    """The file is of another version, or ahead of the log: rebuild it from landing."""


def set_aside(file: Path) -> None:
    """Move a warehouse that is no use out of the way, with its write-ahead log."""
    for path in (file, _wal(file)):
        if path.exists():
            path.replace(path.with_name(path.name + ".damaged"))


def forget_set_aside(file: Path) -> None:
    """Remove what `set_aside` moved away, once a new warehouse stands in its place."""
    for path in (file, _wal(file)):
        path.with_name(path.name + ".damaged").unlink(missing_ok=True)


def _wal(file: Path) -> Path:
    return file.with_name(file.name + ".wal")
