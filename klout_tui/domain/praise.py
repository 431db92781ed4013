"""Reading what people write: whether they say +K, about what, and whether they say much at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final

from klout_tui.domain.tags import MARK, canonical

UNSPACED: Final = 3
"""Characters that stand for a word in scripts without spaces: a bare thank-you (ありがとうございます, 10) has three."""

_LINK: Final = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_SAYS: Final = re.compile(r"(?<![\w+/])(?:(?<!\d\s)\+k|#plusk)(?![\w-])", re.IGNORECASE)
_WORD: Final = r"([^\s,;!?،؛؟。、！？]+)"
_ABOUT: Final = re.compile(rf"\s+about\s+{_WORD}(?:[ \t]+{_WORD})?", re.IGNORECASE)
_TAGGED: Final = re.compile(rf"\s+(?:for|on|in)\s+#{_WORD}", re.IGNORECASE)
_OPENING: Final = "\"'“”„‘’«‹(["
_CLOSING: Final = ".:…)]\"'“”‘’»›"
_NO_TOPICS: Final = frozenset(
    f"{MARK} a an the this that these those it its my our your their his her him you me us them here there "
    "all any both everything something anything how what when where which who whom whose why being having".split()
)
"""Words that begin a description instead of naming a topic."""

_NOT_WORDS: Final = re.compile(rf"{_LINK.pattern}|[@#]\S+", re.IGNORECASE)
_NO_SPACES: Final = re.compile(  # Thai and Lao, Burmese, Khmer, kana and Han; Korean has spaces
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)


def says_plusk(text: str) -> bool:
    """Whether a text gives a +K: ``+K`` or ``#plusK`` by itself, not in a link, a word or an amount (``80 +k``)."""
    low = text.casefold()
    return ("+k" in low or "#plusk" in low) and _SAYS.search(_without_links(text)) is not None


def named_topic(text: str, known: Callable[[], Collection[str]]) -> str:
    """The topic a +K is said to be about, in its one spelling; empty where the text names none.

    It is the word after "about", or a tag right after "for", "on" or "in". Two words after "about" are one topic only
    where that is known (``machine-learning`` or ``machinelearning``), since otherwise nothing tells where a topic ends.

    Args:
        text: What was written.
        known: Gives the topics known, each in its one spelling; asked only where two words are in question.
    """
    bare = _without_links(text)
    for said in _SAYS.finditer(bare):
        about = _ABOUT.match(bare, said.end())
        tagged = _TAGGED.match(bare, said.end())
        if about is not None:
            topic = _two_words(about[1], about[2] or "", known) or _one_word(about[1])
        else:
            topic = _one_word(tagged[1]) if tagged is not None else ""
        if topic:
            return topic
    return ""


def says_two_words(text: str) -> bool:
    """Whether a text says +K about something in two words, which ``named_topic`` needs the known topics for."""
    bare = _without_links(text)
    found = (_ABOUT.match(bare, said.end()) for said in _SAYS.finditer(bare))
    return any(about is not None and about[2] is not None for about in found)


def words(text: str) -> int:
    """How many words a text has: runs that hold a letter, but for mentions, tags and links.

    Scripts without spaces count one word for ``UNSPACED`` letters.
    """
    bare = _NOT_WORDS.sub(" ", text)
    unspaced = sum(map(str.isalpha, _NO_SPACES.findall(bare)))
    spaced = sum(any(map(str.isalpha, run)) for run in _NO_SPACES.sub(" ", bare).split())
    return spaced + unspaced // UNSPACED


def _without_links(text: str) -> str:
    """The text with a comma for each link, so that what stands around it does not close up."""
    return _LINK.sub(",", text)


def _two_words(first: str, second: str, known: Callable[[], Collection[str]]) -> str:
    head, tail = first.lstrip(_OPENING), second.rstrip(_CLOSING)
    if not head or not tail or head.startswith("@") or head.rstrip(_CLOSING) != head:
        return ""
    return next((joined for joined in (canonical(f"{head} {tail}"), canonical(head + tail)) if joined in known()), "")


def _one_word(written: str) -> str:
    topic = canonical(written.lstrip(_OPENING).rstrip(_CLOSING))
    nameless = topic in _NO_TOPICS or topic.startswith("@") or not any(map(str.isalnum, topic))
    return "" if nameless else topic
