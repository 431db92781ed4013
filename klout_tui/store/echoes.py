"""One act that arrives by two ways counts once: what comes at second hand is an echo of the native record.

Whether an act is an echo follows from what is kept and from nothing else: it has keys (``Interaction.echo``), and an
act of another account gives such a key itself and lies near (``domain.echo``); of several, the one with the least id
is the native one. So the order in which they come does not matter, and when the native act goes the echo counts again.

A native act finds its echoes by a table of their keys in the core file. An echo finds its native act in the columns of
the months near it, which is looked for only when an echo is new or has changed, or has lost its native act.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from klout_tui.domain import echo
from klout_tui.domain.digest import Digest
from klout_tui.domain.model import Actor, Interaction, InteractionKind
from klout_tui.store import records
from klout_tui.store.records import CORE, ECHOES, Echoed, id_hash

if TYPE_CHECKING:
    from klout_tui.store.transaction import Transaction

_SAID: Final = "said"
_LINK: Final = "link"


class Echoes:
    """The echoes that one transaction touches."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._any: bool | None = None
        self._unsure: set[str] = set()
        """Echoes whose native act has to be looked for."""
        self._met: dict[str, set[str]] = {}
        """Echoes, and the native acts of this transaction that share or shared a key with them."""

    def note(self, old: Interaction | None, new: Interaction | None) -> None:
        """Take note of an act that is put, changed or removed; costs nothing where nothing is told at second hand.

        Args:
            old: as it was kept.
            new: as it will be.
        """
        if (old is not None and old.echo) or (new is not None and new.echo):
            if old is not None and not old.echo:
                self._note_native(old, None)
            self._note_echo(old, new)
        elif self._are_any():
            self._note_native(old, new)

    def settle(self) -> None:
        """Flag and unflag what the changes so far make and unmake an echo; day totals follow.

        Raises:
            StoreError: what is kept cannot be read.
        """
        self._doubt()
        unsure = [act for each in sorted(self._unsure) if (act := self._tx.interaction(each)) is not None]
        found = self._search(unsure) if unsure else {}
        for act in unsure:
            self._set(act, found.get(act.id, ""))
        for identifier, natives in self._met.items():
            act = None if identifier in self._unsure else self._tx.interaction(identifier)
            if act is not None:
                fitting = {each for each in natives if self._fits(act, each)} | {act.echo_of}
                self._set(act, min(fitting - {""}, default=""))
        self._unsure.clear()
        self._met.clear()

    def _are_any(self) -> bool:
        if self._any is None:
            self._any = bool(self._tx.engine.rows(CORE, ECHOES))
        return self._any

    def _note_echo(self, old: Interaction | None, new: Interaction | None) -> None:
        before = frozenset(old.echo) if old is not None else frozenset()
        after = frozenset(new.echo) if new is not None else frozenset()
        act = new or old
        assert act is not None  # noqa: S101  # one of them is given
        for key in sorted(before ^ after):
            ids = set(self._ids(key))
            self._put(key, ids | {act.id} if key in after else ids - {act.id})
        self._any = True
        if new is None:
            self._unsure.discard(act.id)
        elif old is None or before != after or echo.months_near(old) != echo.months_near(new):
            self._unsure.add(act.id)

    def _note_native(self, old: Interaction | None, new: Interaction | None) -> None:
        for act in (old, new):
            if act is not None:
                for key in echo.keys_of(act):
                    for identifier in self._ids(key):
                        self._met.setdefault(identifier, set()).add(act.id)

    def _doubt(self) -> None:
        """Look anew for the native act of echoes whose present one does not fit any more."""
        for identifier, natives in self._met.items():
            act = self._tx.interaction(identifier)
            if act is not None and act.echo_of in natives and not self._fits(act, act.echo_of):
                self._unsure.add(identifier)

    def _fits(self, act: Interaction, native_id: str) -> bool:
        native = self._tx.interaction(native_id)
        return native is not None and is_echo_of(act, native)

    def _set(self, act: Interaction, native_id: str) -> None:
        if act.echo_of == native_id:
            return
        flagged = msgspec.structs.replace(act, echo_of=native_id)
        self._tx.count(act, -1)
        self._tx.put_interaction(flagged)
        self._tx.count(flagged, 1)
        thanked = self._tx.row(CORE, records.THANKS, act.id)
        if native_id and thanked is not None and self._tx.row(CORE, records.THANKS, native_id) is None:
            self._tx.put(CORE, records.THANKS, native_id, records.decode_thanked(thanked))  # she need not do it twice

    # the table of keys

    def _ids(self, key: str) -> tuple[str, ...]:
        row = self._tx.row(CORE, ECHOES, id_hash(key))
        return () if row is None else records.decode_echoed(row).acts

    def _put(self, key: str, ids: set[str]) -> None:
        if ids:
            self._tx.put(CORE, ECHOES, id_hash(key), Echoed(acts=tuple(sorted(ids))))
        else:
            self._tx.delete(CORE, ECHOES, id_hash(key))

    # looking for native acts

    def _search(self, acts: list[Interaction]) -> dict[str, str]:
        """The native act of each of these echoes that has one, by their ids."""
        wanted: dict[str, list[Interaction]] = {}
        for act in acts:
            for key in act.echo:
                wanted.setdefault(key, []).append(act)
        months = {month for act in acts for month in echo.months_near(act)}
        found: dict[str, str] = {}
        for key, native_id in self._candidates(wanted, months):
            native = self._tx.interaction(native_id)
            for act in wanted[key]:
                best = found.get(act.id)
                if native is not None and (best is None or native_id < best) and is_echo_of(act, native):
                    found[act.id] = native_id
        return found

    def _candidates(self, wanted: Mapping[str, object], months: set[int]) -> Iterator[tuple[str, str]]:
        """Keys that are wanted, and acts that give them: as committed, and as this transaction has them."""
        digests = self._tx.engine.digests
        for month in digests.months():
            year, _, number = month.partition("-")
            if int(year) * 12 + int(number) in months:
                yield from matches(digests.get(month), wanted)
        for act in self._tx.changed_interactions():
            yield from ((key, act.id) for key in echo.keys_of(act) if key in wanted)


def is_echo_of(act: Interaction, native: Interaction) -> bool:
    """Whether an act at second hand is the same as another account's native one."""
    return (
        native.account != act.account
        and not native.echo
        and echo.near(act, native.at)
        and not frozenset(act.echo).isdisjoint(echo.keys_of(native))
    )


def matches(digest: Digest, wanted: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Keys that are wanted, and the ids of acts of a month that give them; some of those may be echoes themselves."""
    asked = _Asked(wanted)
    people: Sequence[Actor] | None = None
    by_post = [asked.is_done_to(post.id) for post in digest.posts]
    done, said = (
        {place for place, kind in enumerate(digest.kinds) if kind in which} for which in (echo.DONE, _WRITTEN)
    )
    for row, (kind, post, url) in enumerate(zip(digest.kind, digest.post, digest.urls, strict=True)):
        if kind in done:
            if not (asked.is_done_to(url) or (post >= 0 and by_post[post])):
                continue
            people = digest.people() if people is None else people
            actor = people[digest.actor[row]]
        elif kind in said and (asked.is_said_at(url) or asked.is_said_at(digest.ids[row])):
            actor = _NOBODY
        else:
            continue
        on = digest.posts[post].id if post >= 0 else ""
        for key in echo.native_keys(digest.kinds[kind], digest.ids[row], actor, url, on):
            if key in wanted:
                yield key, digest.id_of(row)


_WRITTEN: Final = echo.SAID | {InteractionKind.LINK}
_NOBODY: Final = Actor(key="", handle="")


class _Asked:
    """What is wanted, split so that most rows are passed over at the cost of one look-up."""

    def __init__(self, wanted: Iterable[str]) -> None:
        split = [key.split(" ", 2) for key in wanted]
        self.done = {parts[2] for parts in split if len(parts) == 3 and parts[0] != _LINK}
        """Posts something was done to."""
        self._said = {parts[1] for parts in split if parts[0] in (_SAID, _LINK)}
        self._ends_done = {_end(name) for name in self.done}
        self._ends_said = {_end(name) for name in self._said}
        self._done_to: dict[str, bool] = {}
        """By address: a month has few posts and many reactions."""

    def is_done_to(self, address: str) -> bool:
        """Whether something done to the post at this address, or of this id, may be wanted."""
        known = self._done_to.get(address)
        if known is None:
            known = self._done_to[address] = self._may_be(echo.post_behind(address), self.done, self._ends_done)
        return known

    def is_said_at(self, address: str) -> bool:
        """Whether something written at this address, or of this id, may be wanted."""
        return self._may_be(address, self._said, self._ends_said)

    def _may_be(self, address: str, names: set[str], ends: set[str]) -> bool:
        if not names or not address.startswith(_ADDRESSES):
            return False
        bare = address.rstrip("/")
        if _ODD.isdisjoint(bare) and bare.count("/") > 2 and "reddit.com" not in bare:  # then its name ends as it does
            return _end(bare) in ends
        return any(name in names for name in echo.names(address))


_ADDRESSES: Final = ("https://", "http://", "at://")
_ODD: Final = frozenset("?#%")


def _end(address: str) -> str:
    """The last part of a path, by which most addresses differ."""
    return address.rstrip("/").rpartition("/")[2].lower()


def paired(acts: Iterable[Interaction]) -> tuple[dict[str, str], dict[str, Echoed]]:
    """The native act of each echo, and the table of keys, worked out from everything at once.

    Args:
        acts: every interaction there is; looked through twice.
    """
    acts = list(acts)
    by_key: dict[str, list[Interaction]] = {}
    for act in acts:
        for key in act.echo:
            by_key.setdefault(key, []).append(act)
    found: dict[str, str] = {}
    for native in acts if by_key else ():
        for key in echo.keys_of(native):
            for act in by_key.get(key, ()):
                best = found.get(act.id)
                if (best is None or native.id < best) and is_echo_of(act, native):
                    found[act.id] = native.id
    return found, keys_table(by_key)


def keys_table(by_key: Mapping[str, Iterable[Interaction]]) -> dict[str, Echoed]:
    """The table of keys as it should be, by document."""
    ids: dict[str, set[str]] = {}
    for key, acts in by_key.items():
        ids.setdefault(id_hash(key), set()).update(act.id for act in acts)
    return {document: Echoed(acts=tuple(sorted(each))) for document, each in ids.items()}


def put_table(tx: Transaction, rows: Mapping[str, Echoed]) -> None:
    """Have the table hold exactly this."""
    for document in tx.engine.rows(CORE, ECHOES):
        if document not in rows:
            tx.delete(CORE, ECHOES, document)
    for document, row in rows.items():
        tx.put(CORE, ECHOES, document, row)
