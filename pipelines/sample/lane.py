"""One partner's records from the first day to the last, slice by slice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipelines.sample import demand, snapshots
from pipelines.sample import trades as t
from pipelines.sample.agreements import json_lines, limit_lines, program_rows
from pipelines.sample.bad import bad_lines
from pipelines.sample.books import Books
from pipelines.sample.columns import join
from pipelines.sample.extras import Extras, first_line
from pipelines.sample.files import Files
from pipelines.sample.limits import Bands
from pipelines.sample.partners import Lane
from pipelines.sample.plants import Plants
from pipelines.sample.quotes import FIRM, Quotes, draw
from pipelines.sample.render import Renderer
from pipelines.sample.settlement import Settlement
from pipelines.sample.stories import Calendar
from pipelines.sample.text import DAY_MS, Ints
from pipelines.sample.tickets import ticket_rows

_BUSY = 20_000  # quotes a day from which each day has files of its own


class LaneWriter:
    """Writes all records of one lane."""

    def __init__(
        self, lane: Lane, calendar: Calendar, directory: Path, seed: int, *, packed: bool
    ) -> None:
        self._lane, self._calendar, self._seed = lane, calendar, seed
        self._busy = lane.quotes_per_day >= _BUSY
        level = 3 if self._busy else 9
        self.files = Files(directory, lane.label, level=level if packed else 0)
        self._render = Renderer(lane, seed)
        self._extras = Extras(lane, calendar, self._render)
        self._settlement = Settlement(lane, calendar, self._render, self.files)
        self._books, self._bands = Books(lane, calendar), Bands(lane, calendar)
        self._plants = Plants(lane, calendar)
        self._next = 1  # the first number that no id was made from
        self._awaiting: t.Trades | None = None  # settled trades that will be returned
        self._noted: dict[str, str] = {}  # trades that tickets name
        self._examples: dict[str, bytes] = {}  # lines that are contradicted at the end

    def write(self, report: Callable[[int], None]) -> None:
        """Writes the files of all days, then what is known only at the end."""
        counts = demand.quotes_by_day(self._lane, self._calendar)
        step = 1 if self._busy else 7
        for start in range(0, self._lane.days, step):
            days = range(start, min(start + step, self._lane.days))
            part = self._part(days)
            for day in days:
                self._day(day, counts[day], part, report)
            table = snapshots.availability_table(self._lane, self._calendar, days, self._seed)
            path = self.files.note("availability", part, table.num_rows)
            snapshots.write_parquet(table, path)
            self.files.close()
        self._finish()
        if self._calendar.told:
            self._deliver_again(step)
            self._spoil()

    def _part(self, days: range) -> str:
        first, last = self._calendar.day(days[0]), self._calendar.day(days[-1])
        return f"{first}" if first == last else f"{first}_{last}"

    def _numbers(self, count: int) -> int:
        first = self._next
        self._next += count
        return first

    def _day(self, day: int, count: int, part: str, report: Callable[[int], None]) -> None:
        rng = np.random.default_rng([self._seed, self._lane.number, day])
        for begin, finish, drawn in demand.slices(self._lane, self._calendar, day, count, rng):
            pool, at = demand.times(begin, drawn, rng)
            seed = [self._seed, self._lane.number, day, begin]
            first = self._numbers(len(at))
            quotes = draw(self._lane, self._calendar, first, pool, at, seed)
            self._slice(quotes, (begin, finish), part, rng)
            report(len(quotes))
        calls = self._extras.stray_calls(day, self._numbers(20), rng)
        self.files.write("errors", part, json_lines(calls), len(calls))

    def _slice(
        self, quotes: Quotes, span: tuple[int, int], part: str, rng: np.random.Generator
    ) -> None:
        lane, calendar = self._lane, self._calendar
        rows, created, refusals = t.accept(lane, calendar, quotes, self._bands, rng)
        unpaid, unpaid_calls = t.pay(lane, self._books, quotes, (rows, created), span)
        trades = t.finish(lane, quotes, rows[~unpaid], created[~unpaid], rng)
        self._plants.sow(trades)
        t.cut(trades, calendar.horizon_ms)
        self._write_quotes(quotes, part)
        for calls in (refusals, unpaid_calls):
            self.files.write("errors", part, self._render.errors(calls), len(calls))
        self._settlement.write(trades, part, self._books)
        self._return(trades, span[1], part)
        paid = self._extras.top_ups(self._books, self._numbers(len(self._books.top_ups)))
        paid += self._extras.stray_debit(*span, self._numbers(1), self._books)
        self.files.write("ledger", part, paid, len(paid))
        self._remember(quotes, trades)

    def _write_quotes(self, quotes: Quotes, part: str) -> None:
        begin, finish = self._calendar.span("quotes_seen_again")
        late = self._settlement.is_late(quotes.pool, quotes.at)
        again = (quotes.at >= begin) & (quotes.at < finish) & (quotes.rejected_at > 0)
        first_seen = not again.any()
        for chosen, name in ((~late, part), (late, "late")):
            some = quotes.take(chosen)
            blocks = self._render.quotes(some, rejections=first_seen)
            self.files.write("quotes", name, blocks, len(some))
        seen = quotes.take(again)
        self.files.write("quotes", "seen-again", self._render.quotes(seen), len(seen))

    def _return(self, trades: t.Trades, upto: int, part: str) -> None:
        """Writes the returns that are due, and keeps those that are not."""
        coming = trades.take(trades.returned_at > 0)
        waiting = coming if self._awaiting is None else join([self._awaiting, coming])
        due = waiting.returned_at < upto
        self._awaiting = waiting.take(~due)
        back = waiting.take(due)
        self._settlement.write_returns(back, part, self._books)
        if len(back) and back.created[-1] >= self._calendar.span("trades_returned")[0]:
            self._noted.setdefault("returned", self._extras.trade_id(int(back.number[-1])))

    def _remember(self, quotes: Quotes, trades: t.Trades) -> None:
        stuck = (trades.ending == t.OPEN) & (trades.created < self._calendar.horizon_ms - DAY_MS)
        for number in trades.number[stuck][:1].tolist():
            self._noted.setdefault("stuck", self._extras.trade_id(number))
        begin, finish = self._calendar.span("contradictions")
        firm = np.flatnonzero((quotes.kind == FIRM) & (quotes.at >= begin) & (quotes.at < finish))
        if "quote" not in self._examples and len(firm):
            self._examples["quote"] = first_line(self._render.quotes(quotes.take(firm[:1])))
        settled = (trades.ending == t.SETTLED) & (trades.returned_at == 0)
        settled &= (trades.created >= begin) & (trades.created < finish)
        row: Ints = np.flatnonzero(settled)[:1]
        if "trade" not in self._examples and len(row):
            one = trades.take(row)
            blocks = self._render.trades(one, one.ending, one.left_at)
            self._examples["trade"] = first_line(blocks)

    def _finish(self) -> None:
        lane, calendar, files = self._lane, self._calendar, self.files
        blocks, count = snapshots.balance_lines(lane, calendar, self._books)
        files.write("balances", self._part(range(lane.days)), blocks, count)
        limits, count = limit_lines(lane, calendar)
        files.write("limits", "all", [limits.encode("ascii")], count)
        for kind, rows in (
            ("programs", program_rows(lane, calendar)),
            ("tickets", ticket_rows(lane, calendar, self._noted)),
        ):
            files.write(kind, "all", json_lines(rows), len(rows))
        files.close()

    def _deliver_again(self, step: int) -> None:
        """A whole file of trades comes twice, and an order that nothing answers comes once."""
        middle = self._lane.days // 2 // step * step
        part = self._part(range(middle, min(middle + step, self._lane.days)))
        if self.files.path("trades", part).exists():
            self.files.again("trades", part, f"{part}-redelivered")
        if self._calendar.fits("orders_missing"):
            lone = self._extras.lone_order(self._numbers(1))
            self.files.write("orders", "open", json_lines([lone]), 1)
            self.files.close()

    def _spoil(self) -> None:
        """Contradictions of earlier records, and records that must not enter."""
        if len(self._examples) == 2:
            rows = self._extras.contradictions(self._examples["quote"], self._examples["trade"])
            for kind, contradicted in rows.items():
                blocks = json_lines(contradicted)
                self.files.write(kind, "contradictions", blocks, len(blocks))
        for kind in ("quotes", "trades", "ledger"):
            blocks = bad_lines(self._lane, self._calendar, kind)
            self.files.write(kind, "bad", blocks, len(blocks))
        self.files.close()
