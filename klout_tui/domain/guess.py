"""What a post without tags is about, guessed from its words. A light method, so that everybody can follow it.

1. Topics she uses herself, then those of the list in use, are looked for in the text. One in several words counts
   where the words stand together. One in a single word counts where it is a topic of hers and at least half of her
   tagged posts that hold the word carry the topic; any other, since many words mean something else too, only where it
   stands in the title or twice in the text.
2. If there are none: the one word that stands out, used twice or in the title here, in a few more of her posts, and in
   few of them.

At most ``GUESSES`` topics come of it, so that a guess never brings a post more than a couple of tags would. It is
marked as a guess wherever it is shown.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from klout_tui.domain.model import Post
from klout_tui.domain.tags import canonical

GUESSES: Final = 2
"""Topics guessed for one post at most."""

LOOKED_AT: Final = 4_000
"""Characters of a text looked at."""

PHRASE: Final = 3
"""Words of a topic looked for at most."""

CORPUS: Final = 30
"""Posts needed before a word can be said to stand out in one."""

COMMON: Final = 0.15
"""Share of her posts in which a word is too common to tell what one is about."""

SEEN: Final = 3
"""Posts a word that stands out must be in: a topic comes back."""

LETTERS: Final = 5
"""Letters it must have."""

_NOISE: Final = re.compile(r"https?://\S+|\bwww\.\S+|[@#]\S+")
_WORD: Final = re.compile(r"[^\W_]+(?:[+#'’.][^\W_]+|\+\+|#)*")
_ASIDE: Final = frozenset(
    _WORD.findall(
        "about after again always another because before being could every everyone first found getting going having "
        "maybe might never other people please pretty quite really right should since something still thank thanks "
        "their there these thing things think those though three through today together tomorrow under until using "
        "wanted weeks where which while without would years yesterday "
        "alles beim dann dass diese dieser doch durch eine einem einen einer immer jetzt kann machen mehr meine nicht "
        "noch oder schon sehr sich sind unter viel wenn werden wieder wird "
        "alors après aussi avant avec avoir beaucoup bien cette comme dans depuis encore être fait leur même moins "
        "nous pour quand sans toujours très tout "
        "ahora algo antes aunque como cuando desde donde entre esta este hace hasta para pero porque puede sobre "
        "también todo"
    )
)
"""Words of no topic in English, German, French and Spanish; in others, how common they are tells."""


class Corpus(msgspec.Struct, frozen=True):
    """What is known of her words and topics when a guess is made."""

    known: Collection[str] = frozenset()
    """Topics she uses herself."""
    listed: Mapping[str, str] = {}
    """Spellings of the list in use, with the topics they are read as."""
    posts: int = 0
    """How many posts the next counts are of."""
    uses: Mapping[str, int] = {}
    """In how many of them a word stands."""
    telling: Collection[str] = frozenset()
    """Topics of hers in one word that tell what a post is about wherever they stand in it."""


def corpus(posts: Iterable[Post], known: Collection[str], listed: Mapping[str, str]) -> Corpus:
    """Counts over her posts, with topics as she wants them; those without a word are passed over."""
    uses: Counter[str] = Counter()
    held: Counter[str] = Counter()
    carried: Counter[str] = Counter()
    count = 0
    for post in posts:
        words = {*_words(post.title), *_words(post.text)}
        uses.update(words)
        count += bool(words)
        if post.topics:
            hers = words & set(known)
            held.update(hers)
            carried.update(hers.intersection(post.topics))
    telling = {topic for topic in known if _tells(held[topic], carried[topic], uses[topic], count)}
    return Corpus(known=known, listed=listed, posts=count, uses=uses, telling=telling)


def _tells(held: int, carried: int, uses: int, posts: int) -> bool:
    """Whether a word tells: by her tagged posts that hold it, else by how rare it is."""
    if held >= SEEN:
        return carried >= held / 2
    return posts < CORPUS or uses <= COMMON * posts


def guess(post: Post, about: Corpus) -> tuple[str, ...]:
    """Topics of a post by its words, the likeliest first; none where nothing tells."""
    title, text = list(_words(post.title)), list(_words(post.text))
    if title and text[: len(title)] == title:
        text = text[len(title) :]  # some networks begin the text with the title
    counts = Counter(text)
    weights: defaultdict[str, float] = defaultdict(float)
    for words, weight in ((title, 3.0), (text, 1.0)):
        for form, length in _phrases(words):
            found, worth = _known(form, length, about, twice=weight > 1 or counts[form] > 1)
            if found:
                weights[found] += worth * weight
    if weights:
        ranked = sorted(weights, key=lambda topic: (-weights[topic], topic))
        return tuple(topic for topic in ranked if not _within(topic, ranked))[:GUESSES]
    return _standing_out(title, counts, about)


def _known(form: str, length: int, about: Corpus, *, twice: bool) -> tuple[str, float]:
    """The topic these words name, and how much that says."""
    if form in about.known and (length > 1 or twice or form in about.telling):
        return form, 2.0 + length
    topic = about.listed.get(form)
    if topic is not None and (length > 1 or (twice and len(form) > 1 and not _common(form, about))):
        return topic, 1.0 + length
    return "", 0.0


def _common(word: str, about: Corpus) -> bool:
    return about.posts >= CORPUS and about.uses.get(word, 0) > COMMON * about.posts


def _within(topic: str, others: Collection[str]) -> bool:
    """Whether a topic is only part of the words of a longer one: learning, in machine-learning."""
    return any(topic != other and topic in other.split("-") for other in others)


def _standing_out(title: Collection[str], counts: Mapping[str, int], about: Corpus) -> tuple[str, ...]:
    if about.posts < CORPUS:
        return ()

    def worth(word: str) -> float:
        uses = about.uses.get(word, 0)
        often = counts.get(word, 0) + 2 * (word in title)
        if often < 2 or uses < SEEN or _common(word, about):
            return 0.0
        if len(word) < LETTERS or not word.isalpha() or word in _ASIDE:
            return 0.0
        return often * math.log(about.posts / uses)

    best = max({*title, *counts}, key=lambda word: (worth(word), word), default="")
    return (canonical(best),) if best and worth(best) > 0 else ()


def _words(text: str) -> Iterator[str]:
    """The words of a text, in the spelling of topics; links, mentions and tags are none."""
    return (canonical(word) for word in _WORD.findall(_NOISE.sub(" ", text[:LOOKED_AT])))


def _phrases(words: list[str]) -> Iterator[tuple[str, int]]:
    """Runs of up to ``PHRASE`` words, joined as topics are, each with how many words it has."""
    for begin in range(len(words)):
        for length in range(1, min(PHRASE, len(words) - begin) + 1):
            yield "-".join(words[begin : begin + length]), length
