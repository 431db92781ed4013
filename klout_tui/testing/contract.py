"""The contract between klout-tui and a network, as tests that any adapter runs against answers of its own.

Subclass ``NetworkContract`` under a name that begins with ``Test``, and say which network, which account and which
answers. Each test asks fresh answers with a fresh client, never sleeps, and reaches no network.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Final

import httpx

from klout_tui.domain.model import InteractionKind, network_of
from klout_tui.domain.text import clean_line
from klout_tui.errors import UsageError
from klout_tui.networks.base import LinkRequest, Network, NetworkError
from klout_tui.networks.registry import PluginBroken
from klout_tui.testing.bench import Bench
from klout_tui.testing.recording import Recording, Replay
from klout_tui.testing.shelf import ContractBroken, Shelf, expect, harmless
from klout_tui.testing.trouble import LASTING, PASSING, Fault, LineFault, Troubled, echo, members, planted

PLACES: Final = 12
"""Requests, and batches, at which something happens to a refresh; evenly spread where there are more."""
REACTIONS: Final = frozenset(
    {InteractionKind.LIKE, InteractionKind.REPOST, InteractionKind.STAR, InteractionKind.BOOKMARK}
)
"""Acts that some networks tell without a time."""
NONSENSE: Final = ("", " ", "\x00", "://", "@", "@@", "a b c", "\u202e", "javascript:alert(1)", "x" * 5_000)


class NetworkContract:
    """What every network must do; see the module."""

    network: ClassVar[Network]
    """The adapter under test."""
    request: ClassVar[LinkRequest]
    """What a user would type to link the account the answers are about."""
    token: ClassVar[str | None] = None
    """A made-up credential, where the answers are those to one; choose one that occurs nowhere else."""
    recordings: ClassVar[Path | None] = None
    """A file or folder of recordings; or override ``transport``."""
    now: ClassVar[datetime] = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    """The present, later than anything in the answers."""
    later: ClassVar[timedelta] = timedelta(minutes=30)
    """How long after a refresh the next one comes."""
    most_requests: ClassVar[int] = 2
    """What a refresh with nothing new may cost."""
    exceptions: ClassVar[Mapping[str, str]] = {}
    """Tests that cannot hold for this network, by name, each with the reason."""
    passing: ClassVar[Mapping[str, Fault | LineFault]] = PASSING
    """Trouble after which the next refresh must make up for everything; what is not on the web has its own."""
    lasting: ClassVar[Mapping[str, Fault | LineFault]] = LASTING
    """Trouble after which an adapter may believe what it was told, or say that it did not understand."""

    def transport(self) -> httpx.AsyncBaseTransport:
        """The answers; new ones for each use, so that what they remember does not matter."""
        if self.recordings is None:
            raise ContractBroken("give recordings, or override transport()")
        return Replay(Recording.read(self.recordings))

    def repeating(self, *secrets: str) -> Fault | LineFault:
        """A server that repeats these where it should not."""
        return echo(*secrets)

    @cached_property
    def bench(self) -> Bench:
        """Verifies and refreshes the account."""
        return Bench(self.network, self.request, self.token, self.now, self.transport)

    # Linking

    def test_it_says_what_it_is(self) -> None:
        """Facts for the link dialog are text, and its name is fit for ids."""
        network = self.network
        expect(re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", network.name), f"{network.name!r} is no short word in lower case")
        for words in (network.title, network.target_hint):
            expect(words and words == clean_line(words, 200), f"{words!r} is no title or hint")
        expect(isinstance(network.wants_token, str), "wants_token is text, empty where no token is of use")
        hints = dict(network.option_hints)
        expect(all(isinstance(text, str) for pair in hints.items() for text in pair), "option_hints are text")

    def test_verify_finds_a_well_formed_account(self) -> None:
        """The account is of this network, has a name of its own, an address that may be asked, and keys."""
        verified, _ = self.bench.verify()
        account, name = verified.account, self.network.name
        expect(network_of(account.id) == account.network == name, f"{account.id} is of another network")
        expect(account.id.removeprefix(f"{name}:").strip(), f"{account.id!r} names no account")
        expect(account.handle, "an account has a handle")
        expect(account.base_url and not account.base_url.endswith("/"), "base_url is an origin, without a slash behind")
        expect(account.keys, "without keys the user's own acts would count as others'")
        expect(account.authorised == (self.token is not None), "authorised says whether a credential was given")
        expect(account.linked_at == self.now, "linked_at is the present that verify is given")
        expect(verified.capabilities.sees, "capabilities say in words what is seen")

    def test_origin_asks_nobody_and_refuses_nonsense(self) -> None:
        """``origin`` gives an address, or says that what was typed cannot be meant."""
        expect(self.network.origin(self.request), "origin gives no address for the request")
        for nonsense in NONSENSE:
            try:
                origin: object = self.network.origin(LinkRequest(target=nonsense))
            except UsageError:
                continue
            except Exception as error:
                raise ContractBroken(f"origin of {nonsense[:20]!r} raised {error!r}, not UsageError") from error
            expect(isinstance(origin, str), f"origin of {nonsense[:20]!r} is no text")

    def test_verify_fails_in_known_ways(self) -> None:
        """Whatever answers, at whatever request: a ``NetworkError``, a ``UsageError``, or an account."""
        healthy = Troubled(self.transport())
        self.bench.verify(healthy)
        for number in _spread(len(healthy.asked)):
            for name, fault in ({**self.passing, **self.lasting}).items():
                where = f"verify, with {name} at request {number}"
                try:
                    self.bench.verify(Troubled(self.transport(), at=number, fault=fault))
                except PluginBroken as error:
                    raise ContractBroken(f"{where}: {error}") from error
                except (NetworkError, UsageError) as error:
                    expect(error.message == clean_line(error.message, 1000), f"{where}: the message is not harmless")

    # Refreshing

    def test_the_answers_hold_something(self) -> None:
        """Without posts and reactions the other tests prove little."""
        shelf = self.bench.whole()
        counted = any(count for post in shelf.posts.values() for count in post.counters.values())
        expect(shelf.interactions or counted, "the answers hold no reaction")
        if not self.exceptions.get("test_the_answers_hold_something"):
            expect(shelf.posts, "the answers hold no post")
            expect(shelf.profile, "no refresh ever told a profile")

    def test_it_asks_its_declared_hosts_only(self) -> None:
        """``hosts`` names every host that refreshes ask."""
        shelf = self.bench.shelf()
        watched = Troubled(self.transport(), hosts=shelf.hosts)
        self.bench.refresh(shelf, watched, anywhere=True)
        expect(watched.asked, "the refresh asked nothing at all; are these the right answers?")
        expect(not watched.strangers, f"asked, but not named by hosts: {', '.join(sorted(set(watched.strangers)))}")

    def test_capabilities_are_true(self) -> None:
        """Names and dates come where they are promised, and only there."""
        promised, acts = self.bench.verify()[0].capabilities, self.bench.whole().interactions.values()
        expect(promised.names_actors or not acts, "names_actors is false, yet somebody was named")
        for act in acts:
            expect(act.actor.key and act.actor.handle, f"{act.id} was done by nobody: an actor has a key and a handle")
            dated = act.kind in REACTIONS and not act.estimated
            expect(promised.dates_reactions or not dated, f"dates_reactions is false, yet {act.id} is dated for sure")
        if promised.dates_reactions and acts:
            expect(not all(act.estimated for act in acts), "dates_reactions is true, yet every date is estimated")

    def test_things_lie_in_the_past_and_find_each_other(self) -> None:
        """Nothing lies ahead of the present, and what is done to a post names it by the id the post has."""
        shelf = self.bench.whole()
        for thing in shelf.things:
            expect(thing.at <= self.now, f"{thing.id} lies in the future: {thing.at}")
        acts = [act for act in shelf.interactions.values() if act.post]
        found = any(act.post in shelf.posts for act in acts)
        found = found or bool(self.exceptions.get("test_things_lie_in_the_past_and_find_each_other"))
        expect(found or not acts, "no interaction names a post that was handed over: do their ids agree?")

    def test_reading_twice_brings_nothing_new(self) -> None:
        """From a finished cursor comes nothing unknown; from the start comes the same once more."""
        shelf = self.bench.whole()
        for now in (self.now, self.now + self.later):
            more = shelf.again()
            expect(self.bench.refresh(more, now=now) is None, "a refresh with nothing new failed")
            expect(more.ids == shelf.ids, f"a finished cursor brought {sorted(more.ids - shelf.ids)[:5]}")
        words = self.bench.whole().differs(shelf)
        expect(not words, f"read from the start once more, it differs: {words}")

    def test_nothing_new_is_cheap(self) -> None:
        """With nothing new a refresh costs at most ``most_requests``."""
        if not self.exceptions.get("test_nothing_new_is_cheap"):
            watched = Troubled(self.transport())
            self.bench.refresh(self.bench.whole(), watched, now=self.now + self.later)
            asked = [f"{request.method} {request.url}" for request in watched.asked]
            expect(len(asked) <= self.most_requests, f"nothing new cost {len(asked)} requests: {asked}")

    def test_killed_after_any_batch_it_resumes(self) -> None:
        """Resumed with the cursor of any batch, it ends in the same posts and interactions."""
        if self.exceptions.get("test_killed_after_any_batch_it_resumes"):
            return
        whole, once = self.bench.whole(), self._once()
        for number in _spread(len(once.cursors), first=1):
            part = self.bench.shelf()
            self.bench.refresh(part, batches=number)
            self.bench.to_the_end(part)
            words = part.differs(whole)
            expect(not words, f"killed after batch {number} of {len(once.cursors)} and resumed, it differs: {words}")
        worn = self.bench.shelf()
        for _ in range(3 * len(whole.cursors)):
            before = worn.again()
            self.bench.refresh(worn, batches=1)
            if worn.cursor == before.cursor and not worn.differs(before):
                break
        self.bench.to_the_end(worn)
        words = worn.differs(whole)
        expect(not words, f"killed after every single batch, it differs: {words}")

    def test_the_cursor_only_goes_forward(self) -> None:
        """What a later cursor still yields, an earlier one yields too."""
        if self.exceptions.get("test_the_cursor_only_goes_forward"):
            return
        once, before = self._once(), None
        for number in _spread(len(once.cursors)):
            rest = self.bench.shelf()
            rest.cursor = once.cursors[number]
            self.bench.refresh(rest)
            expect(before is None or rest.ids <= before, f"after batch {number + 1} the cursor goes back")
            before = rest.ids

    def test_errors_are_typed_and_made_up_for(self) -> None:
        """Whatever fails, at whatever request: a ``NetworkError`` or an end, and batches that stay valid.

        After trouble that passes, the next refreshes end in the same posts and interactions; how many follow those who
        acted may stay unknown.
        """
        whole, healthy = self.bench.whole(), Troubled(self.transport())
        self.bench.refresh(self.bench.shelf(), healthy)
        for number in _spread(len(healthy.asked)):
            for name, fault in ({**self.passing, **self.lasting}).items():
                where = f"with {name} at request {number + 1} of {len(healthy.asked)}"
                shelf = self.bench.shelf()
                try:
                    error = self.bench.refresh(shelf, Troubled(self.transport(), at=number, fault=fault))
                    expect(error is None or clean_line(error.message, 1000) == error.message, "its message harms")
                    if name in self.passing:
                        self.bench.to_the_end(shelf)
                except ContractBroken as broken:
                    raise ContractBroken(f"{where}: {broken}") from broken
                words = shelf.differs(whole, reach=False) if name in self.passing else ""
                expect(not words, f"{where}, and resumed, it differs: {words}")

    def test_hostile_text_harms_nobody(self) -> None:
        """Terminal codes, markup and broken characters in any member of any answer."""
        names: set[str] = set()

        def note(response: httpx.Response) -> httpx.Response:
            names.update(members(response))
            return response

        self.bench.refresh(self.bench.shelf(), Troubled(self.transport(), plant=note))
        expect(names, "no answer holds any text; are these the right answers?")
        for name in sorted(names):
            shelf = self.bench.shelf()
            try:
                self.bench.refresh(shelf, Troubled(self.transport(), plant=planted(name)))
            except ContractBroken as broken:
                raise ContractBroken(f"hostile text in {name!r}: {broken}") from broken
            for text in shelf.shown():
                expect(harmless(text), f"hostile text in {name!r} got through: {text!r}")

    def test_secrets_stay_secret(self) -> None:
        """No credential gets into what is stored or shown, even where a server repeats it."""
        shelf, healthy = self.bench.shelf(), Troubled(self.transport())
        self.bench.refresh(shelf, healthy)
        for secret in filter(None, (self.token, shelf.session)):
            expect(not any(secret in text for text in shelf.stored()), "a credential is stored with the data")
        for number in _spread(len(healthy.asked)):
            repeating = Troubled(self.transport(), at=number, fault=self.repeating(self.token or "", shelf.session))
            self.bench.refresh(self.bench.shelf(), repeating)

    def _once(self) -> Shelf:
        """What one refresh brings."""
        shelf = self.bench.shelf()
        self.bench.refresh(shelf)
        return shelf


def _spread(count: int, first: int = 0) -> Collection[int]:
    """At most ``PLACES`` numbers from ``first`` on, below ``first + count``, both ends among them."""
    if count <= PLACES:
        return range(first, first + count)
    return sorted({first + round(place * (count - 1) / (PLACES - 1)) for place in range(PLACES)})
