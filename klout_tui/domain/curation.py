"""What she decided about topics: which are hidden, renamed, joined, pinned, and which tags of hers a post carries.

Decisions change nothing that is kept of posts and reactions. They are laid over it where it is looked at, once for each
month (``Digest.retagged``), so that every number is of the topics she sees, and undoing one brings back what was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

import msgspec

from klout_tui.domain.model import Value
from klout_tui.domain.ontology import PackedList
from klout_tui.domain.tags import canonical, canonical_topics
from klout_tui.errors import UsageError

JOINING: Final = "Joining the two is merging: klout-tui topics merge, or M in the dashboard."


class Curation(Value, frozen=True):
    """Her decisions. Topics are in their one spelling (``tags.canonical``)."""

    names: dict[str, str] = {}
    """Written topic to the topic she sees; one she saw fit to name stands here for itself, so that no list of topics
    takes it elsewhere."""
    labels: dict[str, str] = {}
    """How she writes a topic, where that is not its one spelling: ``C#``, ``Give-aways``."""
    hidden: tuple[str, ...] = ()
    """Shown nowhere, in the order she hid them; only she brings one back."""
    pinned: tuple[str, ...] = ()
    """Shown first, in this order."""
    apart: tuple[tuple[str, str], ...] = ()
    """Pairs that look alike and are not the same, the lesser first: not to be suggested again."""

    def hide(self, topic: str) -> Curation:
        """The topic is shown nowhere any more."""
        if topic in self.hidden:
            return self
        return msgspec.structs.replace(self, hidden=(*self.hidden, topic), pinned=_without(self.pinned, topic))

    def show(self, topic: str) -> Curation:
        """A hidden topic is back.

        Raises:
            UsageError: it is not hidden.
        """
        if topic not in self.hidden:
            raise UsageError(f"{topic} is not hidden", hint="klout-tui topics lists the hidden ones.")
        return msgspec.structs.replace(self, hidden=_without(self.hidden, topic))

    def pin(self, topic: str) -> Curation:
        """The topic stands before those not pinned, after those pinned earlier.

        Raises:
            UsageError: it is hidden.
        """
        self._refuse_hidden(topic)
        return self if topic in self.pinned else msgspec.structs.replace(self, pinned=(*self.pinned, topic))

    def unpin(self, topic: str) -> Curation:
        """The topic stands where its numbers put it."""
        return msgspec.structs.replace(self, pinned=_without(self.pinned, topic))

    def merge(self, topic: str, into: str) -> Curation:
        """Whatever was about ``topic`` is about ``into`` from now on, and was so in the past.

        Raises:
            UsageError: they are the same, or ``into`` is hidden.
        """
        if topic == into:
            raise UsageError(f"{topic} cannot be joined with itself")
        self._refuse_hidden(into)
        joined = self._renamed(topic, into)
        return msgspec.structs.replace(joined, hidden=_without(self.hidden, topic))

    def rename(self, topic: str, name: str) -> Curation:
        """The topic is called, and written, like ``name``.

        Raises:
            UsageError: ``name`` says nothing, or is another topic she named before.
        """
        to = canonical(name)
        if not to:
            raise UsageError("a topic needs a name")
        if to != topic and (to in self.hidden or self.names.get(to, topic) != topic):
            raise UsageError(f"there is a topic {to} already", hint=JOINING)
        labels = {key: label for key, label in self.labels.items() if key not in (topic, to)}
        written = " ".join(name.strip().lstrip("#").split())
        if written != to:
            labels[to] = written
        renamed = self._renamed(topic, to) if to != topic else self
        pinned = tuple(each for each in renamed.pinned if each not in renamed.hidden)  # a pinned name may be taken on
        return msgspec.structs.replace(renamed, labels=labels, pinned=pinned)

    def keep_apart(self, one: str, other: str) -> Curation:
        """Two topics that look alike are not suggested for joining any more."""
        pair = (min(one, other), max(one, other))
        return self if pair in self.apart else msgspec.structs.replace(self, apart=(*self.apart, pair))

    def split(self, form: str) -> Curation:
        """A spelling joined with something else, by her or by the list of topics, is a topic of its own again."""
        return msgspec.structs.replace(self, names={**self.names, form: form})

    def anchored(self, forms: Callable[[str], Iterable[str]]) -> Curation:
        """The same decisions, said of every spelling they hold for now, so that another list of topics keeps them.

        Args:
            forms: Tells the spellings that the list in use reads as a topic.
        """
        hidden = tuple(dict.fromkeys(form for topic in self.hidden for form in (topic, *forms(topic))))
        spelt = {form: to for topic, to in self.names.items() for form in forms(topic) if topic != to}
        return msgspec.structs.replace(self, hidden=hidden, names={**spelt, **self.names})

    def written_as(self, topic: str) -> tuple[str, ...]:
        """Other spellings and topics that she joined with this one, sorted."""
        return tuple(sorted(form for form, to in self.names.items() if to == topic and form != topic))

    def _renamed(self, topic: str, to: str) -> Curation:
        names = {form: to if target == topic else target for form, target in self.names.items()}
        return msgspec.structs.replace(
            self,
            names={**names, topic: to, to: to},
            labels={key: label for key, label in self.labels.items() if key != topic},
            hidden=_moved(self.hidden, topic, to),
            pinned=_moved(self.pinned, topic, to),
        )

    def _refuse_hidden(self, topic: str) -> None:
        if topic in self.hidden:
            raise UsageError(f"{topic} is hidden", hint=f"Bring it back first: klout-tui topics show {topic}")


class Tags(Value, frozen=True):
    """Her own tags on one post, beside what its network says."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def turning(cls, before: tuple[str, ...], after: tuple[str, ...]) -> Tags:
        """What makes one list of topics into another."""
        return cls(
            added=tuple(topic for topic in after if topic not in before),
            removed=tuple(topic for topic in before if topic not in after),
        )


_NO_TAGS: Final = Tags()


class MayBeGuessed(Protocol):
    """A post, or what a digest keeps of one."""

    @property
    def id(self) -> str:
        """The post's id."""
        ...

    @property
    def topics(self) -> tuple[str, ...]:
        """As written."""
        ...

    @property
    def guessed(self) -> tuple[str, ...] | None:
        """As guessed."""
        ...


class HerTopics:
    """Topics as she sees them: what posts and acts say, read by a list of topics and by her decisions."""

    def __init__(
        self,
        curation: Curation | None = None,
        tags: Mapping[str, Tags] | None = None,
        lexicon: PackedList | None = None,
        language: str = "en",
        *,
        guesses: bool = True,
    ) -> None:
        """Topics by her decisions.

        Args:
            curation: What she decided.
            tags: Her own tags, by post id.
            lexicon: The list of topics in use, if any.
            language: Of the list's names, as two letters.
            guesses: Whether what was guessed counts.
        """
        self.curation = curation or Curation()
        self.tags = tags or {}
        self.lexicon = lexicon
        self.guesses = guesses
        self._language = language
        self._hidden = frozenset(self.curation.hidden)
        self._of: dict[tuple[str, ...], tuple[str, ...]] = {}

    @property
    def plain(self) -> bool:
        """Whether topics are just as they are written."""
        return self.lexicon is None and not (self.tags or self.curation.names or self.curation.hidden)

    def of(self, written: tuple[str, ...]) -> tuple[str, ...]:
        """Her topics of what was written, each once, in the order written; hidden ones are left out."""
        found = self._of.get(written)
        if found is None:
            hers = (self._topic(form) for form in canonical_topics(written))
            found = self._of[written] = tuple(dict.fromkeys(filter(None, hers)))
        return found

    def of_post(self, post_id: str, written: tuple[str, ...]) -> tuple[str, ...]:
        """Her topics of one post, her own tags on it included."""
        own = self.tags.get(post_id)
        if own is None:
            return self.of(written)
        removed = {*own.removed, *self.of(own.removed)}
        kept = (topic for topic in self.of(written) if topic not in removed)
        return tuple(dict.fromkeys((*kept, *self.of(own.added))))

    @property
    def hides(self) -> bool:
        """Whether she hid any."""
        return bool(self._hidden)

    def veiled(self, written: tuple[str, ...]) -> tuple[str, ...]:
        """Those topics of what was written that ``of`` leaves out since she hid them, each once."""
        if not self._hidden:
            return ()
        hers = (self._read(form) for form in canonical_topics(written))
        return tuple(dict.fromkeys(topic for topic, hidden in hers if hidden))

    def veiled_on(self, post: MayBeGuessed) -> tuple[str, ...]:
        """Those topics of a post that ``of_any`` leaves out since she hid them."""
        if self.guesses and post.guessed and not post.topics and post.id not in self.tags:
            return self.veiled(post.guessed)
        own = self.tags.get(post.id, _NO_TAGS)
        kept = (topic for topic in self.veiled(post.topics) if topic not in own.removed)
        return tuple(dict.fromkeys((*kept, *self.veiled(own.added))))

    def of_any(self, post: MayBeGuessed) -> tuple[tuple[str, ...], bool]:
        """Her topics of a post, and whether they are guessed: they are where neither its network nor she named one."""
        if self.guesses and post.guessed and not post.topics and post.id not in self.tags:
            return self.of(post.guessed), True
        return self.of_post(post.id, post.topics), False

    def label(self, topic: str) -> str:
        """How to write a topic of hers for people."""
        written = self.curation.labels.get(topic)
        if written is None and self.lexicon is not None:
            written = self.lexicon.label(topic, self._language)
        return written or topic

    def labels(self, topics: Iterable[str]) -> dict[str, str]:
        """How to write those of the topics that are not written as they are spelt."""
        return {topic: label for topic in sorted({*topics}) if (label := self.label(topic)) != topic}

    def above(self, topic: str) -> tuple[tuple[str, ...], ...]:
        """What a topic belongs to, by the list in use: names, nearest first; several ways where it has several.

        One that she renamed belongs where it did before.
        """
        lexicon = self.lexicon
        if lexicon is None:
            return ()
        known = (topic, *self.curation.written_as(topic))
        paths = next((paths for each in known if (paths := lexicon.paths(each))), ())
        return tuple(tuple(lexicon.name(slug, self._language) or slug for slug in path) for path in paths)

    def find(self, typed: str) -> str:
        """The topic meant by what somebody typed, hidden or not."""
        form = canonical(typed)
        return self._resolved(form)

    def _topic(self, form: str) -> str:
        """The one topic of a form; empty where it is hidden."""
        topic, hidden = self._read(form)
        return "" if hidden else topic

    def _read(self, form: str) -> tuple[str, bool]:
        """The one topic of a form, and whether it is hidden, by this spelling or by any it is read as."""
        if form in self.curation.names:
            topic = self.curation.names[form]
            return topic, topic in self._hidden
        read = self.lexicon.topic(form) if self.lexicon is not None else form
        topic = self.curation.names.get(read, read)
        return topic, bool(self._hidden) and not self._hidden.isdisjoint((form, read, topic))

    def _resolved(self, form: str) -> str:
        if form in self.curation.names or form in self._hidden:
            return self.curation.names.get(form, form)
        read = self.lexicon.topic(form) if self.lexicon is not None else form
        return self.curation.names.get(read, read)


def _without(topics: tuple[str, ...], topic: str) -> tuple[str, ...]:
    return tuple(each for each in topics if each != topic)


def _moved(topics: tuple[str, ...], topic: str, to: str) -> tuple[str, ...]:
    """The topics with one of them under its new name, once."""
    return tuple(dict.fromkeys(to if each == topic else each for each in topics))
