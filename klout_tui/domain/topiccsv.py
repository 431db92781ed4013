"""A list of topics from CSV files in the form of Klout's published ontology.

Three kinds of file, told by the names of their columns and not by those of the files: topics (``topicId``,
``topicSlug``, ``topicDisplayName``), edges (``parentTopicId``, ``childTopicId``, or the slugs) and names (``topicId``,
``language``, ``topicDisplayName``). Columns there are besides are passed over.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from klout_tui.domain.ontology import ListedTopic, slug_of
from klout_tui.domain.text import clean_line
from klout_tui.errors import KloutError

ROOT: Final = "_ROOT_"
"""Slug of the one topic above all others, which says nothing; its id is 0."""

NAME_LIMIT: Final = 80
"""Characters of a name kept."""

MOST: Final = 200_000
"""Topics read at most: twenty times Klout's own, so that a wrong file fills no memory."""

_MISSPELT: Final = {"parrenttopicslug": "parenttopicslug", "parrenttopicid": "parenttopicid"}
"""As one sample of Klout's has it."""


@dataclass
class _Topic:
    slug: str
    name: str
    parents: dict[str, None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Row:
    """One row of a file, with where it stands."""

    file: str
    line: int
    values: Mapping[str, str]

    def get(self, column: str) -> str:
        """A value, without space around it; empty where there is none."""
        return self.values.get(column, "").strip()

    def wrong(self, words: str) -> KloutError:
        """What to raise about this row."""
        return KloutError(f"{self.file}, line {self.line}: {words}", hint="Mend that line; nothing was changed.")


def read_csv(files: Mapping[str, str]) -> tuple[ListedTopic, ...]:
    """The topics in CSV files.

    Args:
        files: Text by file name.

    Raises:
        KloutError: a row makes no sense, with its file and line; or none of the files has topics.
    """
    topics: dict[str, _Topic] = {}
    by_slug: dict[str, _Topic] = {}
    edges: list[_Row] = []
    names: list[_Row] = []
    for name, text in sorted(files.items()):
        for row in _rows(name, text):
            if "parenttopicid" in row.values or "parenttopicslug" in row.values:
                edges.append(row)
            elif "language" in row.values:
                names.append(row)
            elif "topicslug" in row.values:
                _add_topic(row, topics, by_slug)
    if not by_slug:
        raise KloutError(
            "there are no topics in it",
            hint="A CSV file with the columns topicId, topicSlug, topicDisplayName has them.",
        )
    for row in edges:
        parent, child = _end(row, "parent", topics, by_slug), _end(row, "child", topics, by_slug)
        if parent is not None and child is not None and parent is not child:
            child.parents.setdefault(parent.slug)
    for row in names:
        _add_name(row, topics, by_slug)
    return tuple(
        ListedTopic(slug=each.slug, name=each.name, parents=tuple(each.parents), names=each.names)
        for each in by_slug.values()
    )


def _rows(file: str, text: str) -> Iterator[_Row]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = [_column(name) for name in next(reader, [])]
        if not _known(header):
            return
        for fields in reader:
            if not fields:
                continue
            if len(fields) != len(header):
                row = _Row(file, reader.line_num, {})
                raise row.wrong(f"{len(fields)} columns, where the first line names {len(header)}")
            yield _Row(file, reader.line_num, dict(zip(header, fields, strict=True)))
    except csv.Error as error:
        raise _Row(file, reader.line_num, {}).wrong(f"not CSV ({error})") from error


def _column(name: str) -> str:
    low = name.strip().lstrip("\ufeff").casefold()
    return _MISSPELT.get(low, low)


def _known(header: Iterable[str]) -> bool:
    there = set(header)
    edges = {"parenttopicid", "childtopicid"} <= there or {"parenttopicslug", "childtopicslug"} <= there
    names = "topicdisplayname" in there and ("topicslug" in there or {"language", "topicid"} <= there)
    return edges or names or "topicslug" in there


def _add_topic(row: _Row, topics: dict[str, _Topic], by_slug: dict[str, _Topic]) -> None:
    number, written = row.get("topicid"), row.get("topicslug")
    if written == ROOT:
        return
    slug = slug_of(clean_line(written, NAME_LIMIT))
    if not slug:
        raise row.wrong("a topic without topicSlug")
    if number and number in topics:
        raise row.wrong(f"topicId {clean_line(number, 40)} was there before")
    topic = by_slug.setdefault(slug, _Topic(slug, clean_line(row.get("topicdisplayname"), NAME_LIMIT) or slug))
    if len(by_slug) > MOST:
        raise row.wrong(f"more than {MOST:,} topics")
    if number:
        topics[number] = topic


def _end(row: _Row, which: str, topics: Mapping[str, _Topic], by_slug: Mapping[str, _Topic]) -> _Topic | None:
    """The topic at one end of an edge; None where that is the root."""
    number, slug = row.get(f"{which}topicid"), row.get(f"{which}topicslug")
    if slug == ROOT or (number == "0" and number not in topics):
        return None
    found = topics.get(number) or by_slug.get(slug_of(slug))
    if found is None:
        raise row.wrong(f"there is no topic {clean_line(slug or number, 60) or '(empty)'}, named as the {which}")
    return found


def _add_name(row: _Row, topics: Mapping[str, _Topic], by_slug: Mapping[str, _Topic]) -> None:
    number = row.get("topicid")
    found = topics.get(number) or by_slug.get(slug_of(row.get("topicslug")))
    if found is None:
        if number == "0":
            return
        raise row.wrong(f"there is no topic with topicId {clean_line(number, 40) or '(empty)'}")
    language = row.get("language").casefold().replace("_", "-").partition("-")[0]
    if not language.isalpha() or not language.isascii() or len(language) > 3:
        raise row.wrong(f"{clean_line(row.get('language'), 20) or '(empty)'} is no language, such as en or de")
    name = clean_line(row.get("topicdisplayname"), NAME_LIMIT)
    if name:
        found.names[language] = name
