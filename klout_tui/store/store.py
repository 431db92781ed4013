"""The door: the only way in and out of what is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from klout_tui.domain.batch import Batch, Cursor
from klout_tui.domain.curation import Curation, Tags
from klout_tui.domain.model import Account, Health, Interaction, Profile
from klout_tui.domain.notes import Note
from klout_tui.errors import StoreError
from klout_tui.store import accounts, locks, log, notes, ontology, records
from klout_tui.store.absorb import Absorbed, absorb, save_reading
from klout_tui.store.company import Company
from klout_tui.store.decisions import decide, undo
from klout_tui.store.engine import WORTH_FOLDING, Engine
from klout_tui.store.files import make_folder
from klout_tui.store.letters import Letters
from klout_tui.store.records import CORE, STORE, ZONE, Remembered, Thanked
from klout_tui.store.recount import recount
from klout_tui.store.rescue import RECOUNT
from klout_tui.store.transaction import Transaction
from klout_tui.store.views import Views
from klout_tui.store.zones import system_zone, zone_of

T = TypeVar("T")


class Store(Company, Letters):
    """What is kept. Thread-safe; several processes may hold the same folder.

    Times are aware and in UTC, days are local in ``zone``. Every method that writes raises StoreError where the store
    is open for reading only or the disk refuses; nothing has changed then.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime], zone: ZoneInfo) -> None:
        self._engine = engine
        self._clock = clock
        self._mutex = threading.RLock()
        self._views = Views(engine, self._warn)
        self._zone = zone
        self._warnings: list[str] = []
        self._closed = False

    @classmethod
    def open(
        cls, folder: Path, *, clock: Callable[[], datetime], zone: str | None = None, read_only: bool = False
    ) -> Store:
        """Open the store in ``folder``, creating it where there is none (read-only: an empty one is shown).

        Args:
            folder: Where the files lie; created with mode 0700.
            clock: Tells the present moment, aware.
            zone: IANA name of the time zone that cuts the days, at first creation only; None takes the system's.
            read_only: Write nothing at all, lock files included.

        Raises:
            StoreError: the folder cannot be read or created, is of a newer format, or ``zone`` is unknown.
        """
        if not read_only:
            make_folder(folder)
        engine = Engine(folder, clock, read_only=read_only)
        engine.open()
        kept = engine.consistent(lambda: engine.row(CORE, STORE, ZONE))
        name = records.decode_remembered(kept).value if kept is not None else zone or system_zone()
        store = cls(engine, clock, zone_of(name))
        if not read_only:
            if kept is None:
                store._create(name)
            store._mend()
            store._scrub_if_possible()
        return store

    def _create(self, name: str) -> None:
        with self._engine.locked():
            self._engine.begin()
            kept = self._engine.row(CORE, STORE, ZONE)
            if kept is not None:  # another process was first
                self._zone = zone_of(records.decode_remembered(kept).value)
                return
            self._engine.commit([(CORE, STORE, ZONE, records.raw(Remembered(value=name)))])
            self._engine.fold_if_large(0)

    def close(self) -> None:
        """Tidy up if it is worth it and can be done; nothing depends on it. Closing twice is harmless.

        The store must not be used afterwards.
        """
        with self._mutex:
            if self._closed:
                return
            self._closed = True
            if not self._engine.read_only and self._engine.journal.size > WORTH_FOLDING:
                with suppress(StoreError), self._engine.locked():
                    self._engine.begin()
                    self._engine.fold_if_large(WORTH_FOLDING)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that cuts the days, as last read: another process may change it."""
        return self._zone

    # accounts

    def accounts(self, *, unlinked: bool = False) -> tuple[Account, ...]:
        """Linked accounts in order of linking; with ``unlinked``, those no longer linked too."""

        def read() -> tuple[Account, ...]:
            rows = self._engine.rows(CORE, records.ACCOUNTS).values()
            found = sorted((records.decode_account(row) for row in rows), key=lambda each: (each.linked_at, each.id))
            return tuple(each for each in found if unlinked or each.unlinked_at is None)

        return self._read(read)

    def account(self, account_id: str) -> Account | None:
        """One account, linked or not; None where there never was one or it was forgotten."""
        row = self._core(records.ACCOUNTS, account_id)
        return None if row is None else records.decode_account(row)

    def link(self, account: Account, profile: Profile | None = None) -> None:
        """Insert an account, or link it again with its history; acts under its keys become the user's own."""
        with self._writing() as tx:
            accounts.link(tx, account)
            if profile is not None:
                accounts.flag_own(tx, profile.keys)
                save_reading(tx, account.id, profile, tx.now)

    def unlink(self, account_id: str) -> None:
        """Stop reading an account; its history stays."""
        with self._writing() as tx:
            accounts.unlink(tx, account_id)

    def forget(self, account_id: str) -> None:
        """Remove everything of an account, last good copies included; its keys stay the user's own.

        Only files once set aside as damaged, and those from before a migration, may still hold some of it.

        Raises:
            StoreError: nothing was changed; or it is forgotten and only copies could not be removed, as the message
                says. Then it is tried again with the next change and at the next start.
        """
        with self._writing() as tx:
            accounts.forget(tx, account_id)
        with self._mutex:
            try:
                self._scrub()
            except StoreError as error:
                raise StoreError(
                    f"{account_id} is forgotten, but copies of its data are still on the disk. {error.message}",
                    hint=f"{error.hint} They go as soon as that works.",
                ) from error

    # a refresh

    def cursor(self, account_id: str) -> Cursor:
        """How far the account has been read; empty before the first time."""
        row = self._core(records.CURSORS, account_id)
        return {} if row is None else records.decode_bookmark(row).cursor

    def health(self, account_id: str) -> Health:
        """How the account's refreshes have been going."""
        row = self._core(records.HEALTH, account_id)
        return Health(account=account_id) if row is None else records.decode_health(row)

    def set_health(self, health: Health) -> None:
        """Keep how the account's refreshes have been going."""
        with self._writing() as tx:
            tx.put(CORE, records.HEALTH, health.account, health)

    def absorb(self, batch: Batch) -> Absorbed:
        """Take in a batch: data, totals and cursor in one commit, or nothing. Repeating one is harmless.

        Raises:
            StoreError: also where the account is not known, or a time has no zone.
        """
        with self._writing() as tx:
            return absorb(tx, batch)

    def refreshing(self) -> AbstractContextManager[bool]:
        """Hold the refresh lock; yields False at once where another process (or thread) refreshes."""
        self._refuse_read_only()
        return locks.refreshing(self._engine.folder)

    # her decisions and the program's memory

    def thank(self, interaction_ids: Iterable[str], at: datetime | None) -> None:
        """Note that she thanked for these, or take it back (None)."""
        with self._writing() as tx:
            for each in interaction_ids:
                if at is None:
                    tx.delete(CORE, records.THANKS, each)
                else:
                    tx.put(CORE, records.THANKS, each, Thanked(at=records.utc(at, "A thanks")))

    def thanked(self) -> dict[str, datetime]:
        """When she thanked, by interaction id."""
        rows = self._read(lambda: self._engine.rows(CORE, records.THANKS))
        return {key: records.decode_thanked(row).at for key, row in rows.items()}

    def curate(self, words: str, change: Callable[[Curation], Curation]) -> int | None:
        """Decide something about topics.

        Args:
            words: What it does, as a past fact.
            change: Makes the new decisions of the present ones; what it raises is raised, and nothing changes.

        Returns:
            The decision's number, for ``undo``; None where nothing changes.
        """
        with self._writing() as tx:
            changed = change(self.topics().curation)
            kept = None if changed == Curation() else changed
            return decide(tx, words, {(records.CURATION, records.TOPICS): kept})

    def use_topics(self, chosen: str | None, data: bytes | None = None) -> None:
        """Read topics by another list from now on.

        Args:
            chosen: What it is called; None is our own, ``ontology.NONE`` none at all.
            data: A packed list of that name, to be kept.
        """
        self._refuse_read_only()
        if data is not None:
            ontology.keep(self._engine.folder, data)
        self.remember(ontology.LIST, chosen)

    def keep_guesses(self, guesses: Mapping[str, tuple[str, ...]]) -> None:
        """Keep what was guessed of posts, by id; of those that have topics or are gone nothing is kept."""
        with self._writing() as tx:
            for post_id, topics in guesses.items():
                post = tx.post(post_id)
                if post is not None and not post.topics:
                    tx.put_post(msgspec.structs.replace(post, guessed=topics))

    def tag(self, words: str, post_id: str, tags: Tags) -> int | None:
        """Keep her own tags on a post instead of those before; the decision's number, as ``curate`` gives it."""
        with self._writing() as tx:
            return decide(tx, words, {(records.TAGS, post_id): None if tags == Tags() else tags})

    def undo(self, number: int | None = None) -> str:
        """Take back the newest decision and tell which that was, in its own words.

        Raises:
            UsageError: there is none, or the newest is not the one of this number.
        """
        with self._writing() as tx:
            return undo(tx, number).words

    def new_number(self) -> str:
        """A number for an entry of the log that no other has."""
        return self._read(lambda: log.new_number(Transaction(self._engine, self.zone, self._clock())))

    def log(self, entry: Interaction, *, thanked_at: datetime | None = None) -> Interaction:
        """Keep an entry of her log, in the place of the one with its id where there is one; what is kept now.

        Args:
            entry: as ``domain.gratitude.entry`` makes it.
            thanked_at: when she thanked for it, where it is put back.
        """
        with self._writing() as tx:
            kept = log.put(tx, entry)
            if thanked_at is not None:
                tx.put(CORE, records.THANKS, kept.id, Thanked(at=records.utc(thanked_at, "A thanks")))
            return kept

    def unlog(self, entry_id: str) -> tuple[Interaction, datetime | None]:
        """Take an entry of her log away, last good copies included; what it was, and when she thanked for it.

        Copies that cannot be removed now go with the next change; until then a warning says so.

        Raises:
            StoreError: there is none.
        """
        with self._writing() as tx:
            gone = log.remove(tx, entry_id)
        with self._mutex:
            self._scrub_if_possible()
        return gone

    def note(self, day: date, text: str, post: str | None = None, *, before: Note | None = None) -> Note:
        """Keep a note on a local day, or on a post of that day.

        Args:
            day: The local day.
            text: What it says.
            post: The post's id.
            before: The note this is another wording of. Where that does not stand as it was any more, this one is kept
                with a number of its own, so that neither is lost.

        Raises:
            UsageError: there is nothing in it, or more than one line holds.
        """
        with self._writing() as tx:
            return notes.keep(tx, day, text, post, before)

    def put_note_back(self, note: Note, over: Note | None) -> None:
        """Take back that a note was worded anew (``over``) or dropped (None).

        Raises:
            StoreError: also where something else stands in its place by now.
        """
        with self._writing() as tx:
            notes.put_back(tx, note, over)

    def drop_note(self, note: Note) -> None:
        """Drop a note that stands as it was seen.

        Raises:
            StoreError: also where it was changed or dropped elsewhere.
        """
        with self._writing() as tx:
            notes.drop(tx, note)

    def remove_note(self, note_id: str) -> Note:
        """Drop the note of a number, whatever it says, and tell what it was.

        Raises:
            StoreError: also where there is none with that number.
        """
        with self._writing() as tx:
            return notes.remove(tx, note_id)

    def notes(self) -> tuple[Note, ...]:
        """The user's notes, by day."""
        rows = self._read(lambda: self._engine.rows(CORE, records.NOTES))
        found = (records.decode_note(row) for row in rows.values())
        return tuple(sorted(found, key=lambda note: (note.day, note.age)))

    def remember(self, key: str, value: str | None) -> None:
        """Keep a small fact (the theme, the last visit), or drop it (None)."""
        with self._writing() as tx:
            if value is None:
                tx.delete(CORE, records.MEMORY, key)
            else:
                tx.put(CORE, records.MEMORY, key, Remembered(value=value))

    def recall(self, key: str) -> str | None:
        """A fact kept by ``remember``."""
        row = self._core(records.MEMORY, key)
        return None if row is None else records.decode_remembered(row).value

    def recalled(self, prefix: str) -> list[str]:
        """The keys of facts kept by ``remember`` that begin like this, sorted."""
        return sorted(
            key for key in self._read(lambda: self._engine.rows(CORE, records.MEMORY)) if key.startswith(prefix)
        )

    # looking after it

    def shards(self) -> list[str]:
        """Names of the files, without their endings."""
        return self._read(self._engine.files)

    def look_at(self, shard: str) -> None:
        """Open a file and let go of it again: damage is found, mended as far as it can be, and told in ``warnings``."""
        self._read(partial(self._engine.look_at, shard))

    def let_go(self) -> None:
        """Free the memory of what was read for its texts; it is read anew when it is asked for."""
        with self._mutex:
            self._engine.let_go()

    # change notification

    @property
    def revision(self) -> int:
        """Grows with every commit seen, ours or another process's."""
        with self._mutex:
            return self._engine.revision

    @property
    def data_version(self) -> tuple[int, int]:
        """Differs from what it was when posts, acts, totals or readings may have; thanks and notes keep it."""
        with self._mutex:
            return self._engine.data_version

    def poll(self) -> bool:
        """Look for other processes' commits and tell whether there were any; without news it costs one ``stat``."""
        with self._mutex:
            news = self._engine.catch_up()
            if news:
                self._follow_zone()
            return news

    def warnings(self) -> tuple[str, ...]:
        """Plain sentences on what was found damaged and which copy is used."""
        with self._mutex:
            return (*self._engine.warnings, *self._warnings)

    # inside

    def _warn(self, sentence: str) -> None:
        if sentence not in self._warnings:
            self._warnings.append(sentence)

    def _core(self, table: str, key: str) -> msgspec.Raw | None:
        return self._read(lambda: self._engine.row(CORE, table, key))

    def _read(self, read: Callable[[], T]) -> T:
        with self._mutex:
            answer = self._engine.consistent(read)
            if self._mend():
                answer = self._engine.consistent(read)
            return answer

    def _follow_zone(self) -> None:
        """Cut days as the store says now: writing by an old zone would tear the totals apart."""
        kept = self._engine.row(CORE, STORE, ZONE)
        if kept is not None and (name := records.decode_remembered(kept).value) != self._zone.key:
            self._zone = zone_of(name)

    def _refuse_read_only(self) -> None:
        if self._engine.read_only:
            raise StoreError(
                f"The store in {self._engine.folder} is open for reading only; nothing was changed.",
                hint="Run the command again without --as-of.",
            )

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        """One commit: what the block puts becomes true when it ends, all or nothing."""
        self._refuse_read_only()
        with self._mutex, self._engine.locked():
            self._engine.begin()
            self._follow_zone()
            self._mend()
            self._scrub_if_possible()
            tx = Transaction(self._engine, self.zone, self._clock().astimezone(UTC))
            yield tx
            ops = tx.ops()
            if ops:
                self._engine.commit(ops)
                self._engine.fold_if_large()

    def _scrub(self) -> None:
        """Rid the disk of what was forgotten, if that was begun and not finished."""
        engine = self._engine
        if engine.row(CORE, STORE, records.SCRUB) is None:
            return
        with engine.locked():
            engine.begin()
            engine.fold(keep=False)
            engine.commit([(CORE, STORE, records.SCRUB, None)])

    def _scrub_if_possible(self) -> None:
        try:
            self._scrub()
        except StoreError as error:
            self._warn(f"Copies of forgotten data are still on the disk. {error.message}")

    def _mend(self) -> bool:
        """Recompute what is derived, if damage was found since the last time; tell whether it was."""
        engine = self._engine
        if engine.read_only:
            return False
        if engine.row(CORE, STORE, RECOUNT) is None:
            return self._make_digests()
        with engine.locked():
            engine.begin()
            if engine.row(CORE, STORE, RECOUNT) is None:
                return self._make_digests()
            if not engine.warnings:  # whoever found the damage was cut off before it could mend and tell
                self._warn("A damaged part of the store was replaced; the next refresh reads everything again.")
            self._follow_zone()
            tx = Transaction(engine, self.zone, self._clock().astimezone(UTC))
            recount(tx)
            engine.commit(tx.ops())
            engine.index_all()
            engine.fold()
            engine.make_digests()
            engine.commit([(CORE, STORE, RECOUNT, None)])
        return True

    def _make_digests(self) -> bool:
        engine = self._engine
        if engine.digests.trusted:
            return False
        with engine.locked():
            engine.begin()
            if not engine.digests.trusted:
                engine.make_digests()
        return True
