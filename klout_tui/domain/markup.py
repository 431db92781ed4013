"""Reads HTML as a stream of tags and text, in time proportional to its length whatever stands in it.

The standard library's parser takes hours for 200 kB of ``<a `` (before its fixes of 2025, and some it has still). Text
comes from strangers, so each step here moves forward, and what was searched for in vain is not searched for again.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_NAME: Final = re.compile(r"[a-z][^\s/>]{0,60}", re.IGNORECASE)
_SKIPPED: Final = re.compile(r"[\s/]*+")
_ATTRIBUTE: Final = re.compile(r"([^\s/>=][^\s/>=]*+)\s*+(=\s*+)?")
_UNQUOTED: Final = re.compile(r"[^\s>]*+")
_RAW: Final = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style", "textarea", "title")
}
"""Elements whose content is no markup, and where it ends."""
_NO_ENTITIES: Final = frozenset({"script", "style"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag or an end tag."""

    name: str
    """Lower case."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Names in lower case, entities resolved; of a repeated one the first counts."""
    ends: bool = False


def pieces(text: str) -> Iterator[Tag | str]:
    """Tags and the text between them, entities resolved; comments and declarations are left out.

    A ``<`` that opens nothing is text, and so is a tag that never closes.
    """
    reader = _Reader(text)
    while reader.at < len(text):
        yield from reader.step()


class _Reader:
    def __init__(self, text: str) -> None:
        self.at = 0
        self._text = text
        self._absent: set[str] = set()
        """What does not occur any more from here on."""

    def step(self) -> Iterator[Tag | str]:
        """What comes next; ``at`` has moved forward."""
        begin = self.at
        opened = self._find("<", begin)
        if opened != begin:
            self.at = len(self._text) if opened < 0 else opened
            yield html.unescape(self._text[begin : self.at])
            return
        if self._text.startswith("<!--", begin):
            # "<!-->" is a whole comment
            self._skip_past("-->", begin + 2)
        elif self._text.startswith(("<!", "<?"), begin):
            self._skip_past(">", begin + 2)
        elif (tag := self._tag(begin)) is not None:
            yield tag
            if not tag.ends and tag.name in _RAW:
                yield self._raw(tag.name)
        else:
            self.at = begin + 1
            yield "<"

    def _tag(self, begin: int) -> Tag | None:
        ends = self._text.startswith("</", begin)
        name = _NAME.match(self._text, begin + 1 + ends)
        if name is None:
            return None
        closed = self._find(">", name.end())
        if closed < 0:
            return None
        if ends:
            self.at = closed + 1
            return Tag(name[0].lower(), ends=True)
        attributes, self.at = self._attributes(name.end())
        return Tag(name[0].lower(), attributes)

    def _attributes(self, at: int) -> tuple[dict[str, str], int]:
        """Attributes from there on, and where the text after the tag begins."""
        text, found = self._text, dict[str, str]()
        while True:
            at = _SKIPPED.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
            if at >= len(text) or text[at] == ">":
                return found, min(at + 1, len(text))
            named = _ATTRIBUTE.match(text, at)
            if named is None:  # a stray "="
                at += 1
                continue
            value, at = "", named.end()
            if named[2]:
                quote = text[at : at + 1]
                end = self._find(quote, at + 1) if quote in ('"', "'") else -1
                if end >= 0:
                    value, at = text[at + 1 : end], end + 1
                else:
                    bare = _UNQUOTED.match(text, at)
                    value, at = (bare[0], bare.end()) if bare else ("", at)
            found.setdefault(named[1].lower(), html.unescape(value))

    def _raw(self, name: str) -> str:
        """What stands in an element without markup, up to its end tag."""
        mark = f"</{name}"
        end = None if mark in self._absent else _RAW[name].search(self._text, self.at)
        if end is None:
            self._absent.add(mark)
        begin, self.at = self.at, end.start() if end else len(self._text)
        content = self._text[begin : self.at]
        return content if name in _NO_ENTITIES else html.unescape(content)

    def _skip_past(self, mark: str, start: int) -> None:
        """Move behind the mark; what is never closed ends at the next ``>``, else with the text."""
        end = self._find(mark, start)
        if end < 0 and mark != ">":
            mark, end = ">", self._find(">", start)
        self.at = len(self._text) if end < 0 else end + len(mark)

    def _find(self, mark: str, start: int) -> int:
        if mark in self._absent:
            return -1
        found = self._text.find(mark, start)
        if found < 0:
            self._absent.add(mark)
        return found
