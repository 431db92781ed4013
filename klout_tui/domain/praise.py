"""Reading what people write: whether they say +K, about what, and whether they say much at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from typing import Final

from klout_tui.domain.tags import MARK, canonical

UNSPACED: Final = 3
"""Characters that stand for a word in scripts without spaces: a bare thank-you (ありがとうございます, 10) has three."""

_NO_SPACES: Final = re.compile(  # Thai and Lao, Burmese, Khmer, kana and Han; Korean has spaces
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
_LINK: Final = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_PLUS: Final = "+＋﹢➕"
_WORD: Final = r"([^\s,;!?،؛؟。、！？]+)"
_FOR: Final = (
    "for|on|in|about|für|über|zu|zum|zur|pour|sur|para|por|sobre|en|per|su|di|voor|over|för|om|på"
    "|na|za|o|do|за|про|по|о|об"
)
"""What stands between a +K and its topic, in languages people write one in."""
_ABOUT: Final = re.compile(rf"[,:]?\s+about\s+{_WORD}(?:[ \t]+{_WORD})?", re.IGNORECASE)
_TAGGED: Final = re.compile(rf"[,:]?\s+(?:{_FOR})\s+[#＃]{_WORD}", re.IGNORECASE)
_FOLLOWING: Final = re.compile(rf"[,:]?\s+[#＃]{_WORD}", re.IGNORECASE)
_BARE: Final = re.compile(
    rf"[,:]?[ \t]+(?:(?:{_FOR})[ \t]+)?([^\s#＃,;!?،؛؟。、！？]+)(?=[ \t]*(.?))", re.IGNORECASE | re.DOTALL
)
_OPENING: Final = "\"'“”„‘’«‹(["
_CLOSING: Final = ".:…)]\"'“”‘’»›"
_NO_TOPICS: Final = frozenset(
    f"{MARK} a an the this that these those it its my our your their his her him you me us them here there "
    "all any both everything something anything how what when where which who whom whose why being having".split()
)
"""Words that begin a description instead of naming a topic."""

_NOT_WORDS: Final = re.compile(rf"{_LINK.pattern}|[@#]\S+", re.IGNORECASE)
_ENDS: Final = frozenset(",;!?،؛؟。、！？…\n\r")
"""What may follow a topic named by a bare word: "+K for python!" names one, "+K for writing this" does not."""


@cache
def _says() -> re.Pattern[str]:
    """Made at its first use: it takes longer than all other patterns together, and few texts ask for it."""
    return re.compile(
        rf"(?:(?<![\w{_PLUS}/])|(?<={_NO_SPACES.pattern}))"
        rf"(?:(?<!\d\s)[{_PLUS}]\ufe0f?(?:[kｋ]|(?-i:[КΚ]))|[#＃]plusk)"  # a capital Ka and Kappa look the same
        rf"(?:(?![\w-])|(?={_NO_SPACES.pattern}))",
        re.IGNORECASE,
    )


def says_plusk(text: str) -> bool:
    """Whether a text gives a +K: ``+K`` or ``#plusK`` by itself, not in a link, a word or an amount (``80 +k``).

    A wide ``＋Ｋ``, a heavy plus and a K from a Cyrillic or Greek keyboard do as well; where a language has no spaces,
    it may stand right beside a word.
    """
    low = text.casefold()
    if "+k" not in low and "plusk" not in low and not any(odd in low for odd in _ODD):
        return False
    return _says().search(_without_links(text)) is not None


_ODD: Final = (*_PLUS[1:], "+ｋ", "+\ufe0f", "+к", "+κ")


def sign(text: str) -> str:
    """The +K in a text as it was written, with the topic where one follows: ``+k about Python``."""
    bare = _without_links(text)
    first = ""
    for said in _says().finditer(bare):
        first = first or said[0]
        for named in (_ABOUT.match(bare, said.end()), _TAGGED.match(bare, said.end())):
            if named is not None and _one_word(named[1]):
                return " ".join(f"{said[0]}{bare[said.end() : named.end(1)].rstrip(_CLOSING)}".split())
    return first


def named_topic(text: str, known: Callable[[], Collection[str]], *, tags: bool = True) -> str:
    """The topic a +K is said to be about, in its one spelling; empty where the text names none.

    It is the word after "about", or a tag right after "for", "on" and their like in other languages. Two words after
    "about" are one topic only where that is known (``machine-learning`` or ``machinelearning``), since otherwise
    nothing tells where a topic ends; and a bare word ("+K for python!", "+K: python") is one only where it is known.

    Args:
        text: What was written.
        known: Gives the topics known, each in its one spelling; asked only where it makes a difference.
        tags: Whether a tag right after the +K names the topic; no, where the network tells the text's tags itself.
    """
    bare = _without_links(text)
    for said in _says().finditer(bare):
        about = _ABOUT.match(bare, said.end())
        tagged = _TAGGED.match(bare, said.end()) or (_FOLLOWING.match(bare, said.end()) if tags else None)
        if about is not None:
            topic = _two_words(about[1], about[2] or "", known) or _one_word(about[1])
        elif tagged is not None:
            topic = _one_word(tagged[1])
        else:
            topic = _bare_word(bare, said.end())
            topic = topic if topic and topic in known() else ""
        if topic:
            return topic
    return ""


def asks_known_topics(text: str) -> bool:
    """Whether a text says +K in words for which ``named_topic`` needs the topics known."""
    bare = _without_links(text)
    return any(
        about[2] is not None
        if (about := _ABOUT.match(bare, said.end())) is not None
        else bool(_bare_word(bare, said.end()))
        for said in _says().finditer(bare)
    )


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


def _bare_word(text: str, start: int) -> str:
    """A word from ``start`` on that could be a topic by itself, since nothing follows it in its sentence."""
    found = _BARE.match(text, start)
    if found is None:
        return ""
    word, after = found[1], found[2]
    return _one_word(word) if not after or after in _ENDS or word.rstrip(_CLOSING) != word else ""


def _one_word(written: str) -> str:
    topic = canonical(written.lstrip(_OPENING).rstrip(_CLOSING))
    nameless = topic in _NO_TOPICS or topic.startswith("@") or not any(map(str.isalnum, topic))
    return "" if nameless else topic
