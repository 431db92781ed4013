"""Lists of topics: Klout's published ontology or one like it, in a form that is looked up without being loaded.

A list may hold ten thousand topics with their names in several languages, of which a person uses dozens. It is packed
into sorted lines of text, and a tag is found among them by halving: nothing is decoded but the lines asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from klout_tui.domain.alike import bare, singular, squeezed
from klout_tui.domain.model import Value
from klout_tui.domain.tags import canonical

HEAD: Final = "# klout-tui topics 1"
"""First line of a packed list; the number is that of the format."""

ENGLISH: Final = "en"

_SUPER: Final = "-super"
"""How slugs of the first level end in Klout's list."""

_OWN_MEANING: Final = frozenset(
    {"arms", "arts", "communications", "customs", "glasses", "goods", "jeans", "manners", "minutes", "news", "odds"}
    | {"pants", "rails", "savings", "scales", "steps", "windows", "works"}
)
"""Plurals that are no plural of the word they seem to be: Rails is no rail, Windows no window."""

_DEPTH: Final = 6
"""Parents told at most; a list whose parents go round in a circle ends there too."""


class ListedTopic(Value, frozen=True):
    """One topic of a list."""

    slug: str
    """In its one spelling."""
    name: str
    parents: tuple[str, ...] = ()
    """Slugs of those above it, in the list's order."""
    names: dict[str, str] = {}
    """By language, as two letters."""
    aliases: tuple[str, ...] = ()
    """Other spellings, each in its one spelling."""


def slug_of(written: str) -> str:
    """A list's slug in one spelling: ``technology-super`` is ``technology``."""
    return canonical(written.removesuffix(_SUPER))


def loose(form: str) -> str:
    """What spellings have in common that differ by hyphen, accent or plural only."""
    last = form.rpartition("-")[2]
    return squeezed(bare(form if last in _OWN_MEANING else singular(form)))


def packed(topics: Iterable[ListedTopic], about: Mapping[str, str]) -> bytes:
    """A list as sorted lines, UTF-8.

    A spelling that several topics claim belongs to none of them, unless one has it as its own name: what is not certain
    is not joined.

    Args:
        topics: The topics.
        about: What is to be told of the list: ``source``, ``licence``, …; goes along in its first lines.
    """
    listed = sorted({topic.slug: topic for topic in topics}.values(), key=lambda topic: topic.slug)
    lines = []
    for topic in listed:
        lines.append(_line("t", topic.slug, topic.name))
        if topic.parents:
            lines.append(_line("p", topic.slug, *topic.parents))
        lines += [_line(f"n {language}", topic.slug, name) for language, name in topic.names.items()]
    lines += [_line("f", form, slug) for form, slug in _claimed(listed, _spellings)]
    lines += [_line("l", form, slug) for form, slug in _claimed(listed, _loose_spellings)]
    head = [HEAD, *(f"# {key}: {' '.join(value.split())}" for key, value in about.items())]
    return "\n".join([*head, *sorted(lines, key=lambda line: line.encode()), ""]).encode()


def _line(*fields: str) -> str:
    return "\t".join(" ".join(field.split()) for field in fields)


def _spellings(topic: ListedTopic) -> Iterator[set[str]]:
    """Spellings of a topic, those it has the best claim to first."""
    yield {topic.slug}
    yield {canonical(topic.name)}
    yield set(topic.aliases)
    yield {canonical(name) for name in topic.names.values()}


def _loose_spellings(topic: ListedTopic) -> Iterator[set[str]]:
    for spellings in _spellings(topic):
        yield {loose(form) for form in spellings}


def _claimed(
    topics: Sequence[ListedTopic], spellings: Callable[[ListedTopic], Iterator[set[str]]]
) -> Iterator[tuple[str, str]]:
    """Each spelling with the one topic that has the best claim to it."""
    best: dict[str, tuple[int, str]] = {}
    for topic in topics:
        for rank, forms in enumerate(spellings(topic)):
            for form in forms - {""}:
                held, holder = best.get(form, (rank + 1, ""))
                if rank < held:
                    best[form] = (rank, topic.slug)
                elif rank == held and holder != topic.slug:
                    best[form] = (rank, "")
    return ((form, slug) for form, (_, slug) in best.items() if slug)


class PackedList:
    """A packed list of topics, looked up line by line."""

    def __init__(self, data: bytes, *, renames: bool = True) -> None:
        """A list.

        Args:
            data: What ``packed`` made.
            renames: Whether topics are shown under the list's names, not only told where they belong.

        Raises:
            ValueError: it is something else, or of another format.
        """
        if not data.startswith(HEAD.encode() + b"\n"):
            raise ValueError(f"not a list of topics ({HEAD!r} is not its first line)")
        self._data = data
        self._renames = renames
        self._read: dict[str, str] = {}
        """Topics looked up already, by what was asked: a person uses few."""
        self._begin = 0
        while data.startswith(b"#", self._begin):
            self._begin = data.index(b"\n", self._begin) + 1

    @property
    def about(self) -> dict[str, str]:
        """What the list says of itself, such as its ``source`` and ``licence``."""
        lines = self._data[: self._begin].decode().splitlines()[1:]
        return {key.strip(): value.strip() for key, _, value in (line.lstrip("# ").partition(":") for line in lines)}

    def topic(self, form: str) -> str:
        """The topic a tag in its one spelling is written for; the tag itself where the list has none."""
        known = self._read.get(form)
        if known is None:
            found = self._find("f", form) or self._find("l", loose(form))
            known = self._read[form] = found[0] if found else form
        return known

    def name(self, slug: str, language: str = ENGLISH) -> str:
        """What a topic is called in a language, else in the list's own words; empty where it is not listed."""
        found = self._find(f"n {language}", slug) or self._find("t", slug)
        return found[0] if found else ""

    def label(self, topic: str, language: str) -> str:
        """The name to show a topic under; empty where the list has none to offer."""
        return self.name(topic, language) if self._renames else ""

    def parents(self, slug: str) -> tuple[str, ...]:
        """Those right above a topic."""
        return tuple(self._find("p", slug))

    def paths(self, slug: str, most: int = 2) -> tuple[tuple[str, ...], ...]:
        """Ways up from a topic, nearest first: one for each of its parents, at most so many."""
        return tuple(self._up(parent, {slug}) for parent in self.parents(slug)[:most])

    def spellings(self) -> dict[str, str]:
        """Every spelling with the topic it is read as: the whole list, for whoever looks for many."""
        lines = (line.split(b"\t") for line in self._data[self._begin :].split(b"\n") if line[:2] == b"f\t")
        return {form.decode(): slug.decode() for _, form, slug in lines}

    def forms(self, slug: str) -> tuple[str, ...]:
        """The spellings read as this topic; looks through the whole list."""
        end = f"\t{slug}".encode()
        lines = self._data[self._begin :].split(b"\n")
        return tuple(line.split(b"\t")[1].decode() for line in lines if line[:2] == b"f\t" and line.endswith(end))

    def __len__(self) -> int:
        return self._data.count(b"\nt\t")

    def _up(self, slug: str, seen: set[str]) -> tuple[str, ...]:
        found = [slug]
        while len(found) < _DEPTH:
            above = next((each for each in self.parents(found[-1]) if each not in seen and each not in found), None)
            if above is None:
                break
            found.append(above)
        return tuple(found)

    def _find(self, kind: str, key: str) -> list[str]:
        """The fields behind a key; none where there is no such line."""
        wanted = f"{kind}\t{key}\t".encode()
        low, high = self._begin, len(self._data)
        while low < high:
            begin = self._data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self._data.find(b"\n", begin)
            line = self._data[begin : end if end >= 0 else len(self._data)]
            if line.startswith(wanted):
                return line[len(wanted) :].decode().split("\t")
            if line < wanted:
                low = begin + len(line) + 1
            else:
                high = begin
        return []


def read_lines(text: str) -> Iterator[ListedTopic]:
    """Topics of a list of our own: ``slug | name | parents | aliases``, one a line; ``#`` begins a remark."""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            slug, name, parents, aliases = (*(field.strip() for field in line.split("|")), "", "", "")[:4]
            yield ListedTopic(
                slug=slug,
                name=name or slug.replace("-", " ").capitalize(),
                parents=tuple(parents.split()),
                aliases=tuple(aliases.split()),
            )
