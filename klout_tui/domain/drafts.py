"""Drafts of what she might write: three short ones, in plain words, that name the actual topic and post. Pure.

The same occasion always gives the same drafts. Her own templates win (``[drafts]`` in the settings); they may hold
``{name}``, ``{topic}``, ``{post}`` and ``{did}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from klout_tui.domain.graphemes import graphemes
from klout_tui.domain.model import InteractionKind, Value
from klout_tui.domain.text import clean, clean_line

TITLE: Final = 40
"""Characters of a post's title or beginning that a draft repeats."""
MENTIONS: Final = 5
"""People named in one post before it looks like a shout: more are better thanked one by one, or just marked."""
FIELDS: Final = ("name", "topic", "post", "did")

_DEEDS: Final[Mapping[InteractionKind, str]] = {
    InteractionKind.REPOST: "passing on",
    InteractionKind.QUOTE: "quoting",
    InteractionKind.REPLY: "answering",
    InteractionKind.COMMENT: "commenting on",
    InteractionKind.MENTION: "mentioning me",
    InteractionKind.STAR: "starring",
    InteractionKind.FORK: "building on",
    InteractionKind.LINK: "linking to",
    InteractionKind.REVIEW: "reviewing",
    InteractionKind.ISSUE: "writing about",
    InteractionKind.LIKE: "liking",
    InteractionKind.BOOKMARK: "keeping",
    InteractionKind.FOLLOW: "following me",
    InteractionKind.ENDORSEMENT: "endorsing me",
    InteractionKind.THANKS: "your kind words",
}
_WITHOUT_OBJECT: Final = frozenset(
    {InteractionKind.MENTION, InteractionKind.FOLLOW, InteractionKind.ENDORSEMENT, InteractionKind.THANKS}
)
_ANSWERS: Final = frozenset({InteractionKind.REPLY, InteractionKind.COMMENT, InteractionKind.REVIEW})
_PLACE: Final = re.compile(r"\{(name|topic|post|did)\}")


class Cause(Value, frozen=True):
    """What she writes about."""

    kind: InteractionKind
    names: tuple[str, ...]
    """Of those who did it, as they call themselves."""
    topic: str = ""
    """In its one spelling; empty where there is none."""
    post: str = ""
    """Title or beginning of her post; empty where it is not known, or not public."""
    said_plusk: bool = False


def thanks(cause: Cause, templates: Sequence[str] = (), *, opening: str = "", most: int = 0) -> tuple[str, ...]:
    """Three ways to say thank you; fewer where she wrote fewer templates.

    Args:
        cause: what for.
        templates: hers, which replace ours.
        opening: what comes first whatever is chosen: the mentions a reply needs.
        most: characters that fit, 0 for any number; what names the post is shortened first.
    """
    room = graphemes(opening) + bool(opening)
    made = [_filled(each, cause) for each in templates] if templates else _thanks(cause)
    return tuple(dict.fromkeys(_opened(opening, _fitting(each, cause, most - room)) for each in made))


def giving(name: str, topic: str, template: str = "", *, opening: str = "") -> str:
    """A +K in words that any other klout-tui, and any reader, understands.

    Args:
        name: what they call themselves.
        topic: what it is given for.
        template: hers, which replaces ours.
        opening: the mention.
    """
    cause = Cause(kind=InteractionKind.ENDORSEMENT, names=(name,), topic=topic)
    if template:
        return _opened(opening, _filled(template, cause))
    # the topic right behind +K: so it is read by whoever counts them, ``domain.praise`` among them
    return _opened(opening, f"+K about {topic}: what you share on it helps me. Thank you!")


def faults(templates: Sequence[str]) -> list[str]:
    """A sentence for each place in her templates that nothing can be put into."""
    found = []
    for each in templates:
        for name in re.findall(r"\{([^{}]*)\}", each):
            if name not in FIELDS:
                found.append(
                    f"[drafts] {{{name}}} means nothing; there are {', '.join(f'{{{one}}}' for one in FIELDS)}"
                )
    return found


def _thanks(cause: Cause) -> list[str]:
    topic, deed, post = cause.topic, _DEEDS[cause.kind], _quoted(cause.post)
    what = "" if cause.kind in _WITHOUT_OBJECT else f" {post or 'my post'}"
    about, on = (f" about {topic}", f" on {topic}") if topic else ("", "")
    if cause.said_plusk:
        return [
            f"Thank you for the +K{about}!",
            f"Thanks for the +K{about}. Good to hear that {post or 'it'} was of use.",
            f"That made my day, thank you. What would you like to read next{about}?",
        ]
    if cause.kind in _ANSWERS:
        return [
            f"Thank you for {deed}{what}!",
            f"Thanks for taking the time to write{about}. It helps.",
            f"Thank you, that adds to {post or 'the conversation'}. What else would you like to read{about}?",
        ]
    return [
        f"Thank you for {deed}{what}!",
        f"Thanks for {deed}{what}. Good to know that what I write{on} is of use.",
        f"Thank you! What would you like to read next{about}?",
    ]


def _filled(template: str, cause: Cause) -> str:
    deed = _DEEDS[cause.kind]
    values = {
        "name": ", ".join(filter(None, cause.names)),
        "topic": cause.topic or "this",
        "post": _quoted(cause.post) or "my post",
        "did": deed,
    }
    return clean(_PLACE.sub(lambda place: values[place[1]], template), 5_000)


def _quoted(post: str) -> str:
    line = clean_line(post, TITLE)
    return f"“{line}”" if line else ""


def _fitting(text: str, cause: Cause, most: int) -> str:
    """The text, with less of the post's name where it is too long."""
    quoted = _quoted(cause.post)
    if most <= 0 or graphemes(text) <= most or quoted not in text or not quoted:
        return text
    room = len(quoted) - (graphemes(text) - most)
    return text.replace(quoted, f"“{clean_line(cause.post, room - 2)}”" if room > 12 else "my post")


def _opened(opening: str, text: str) -> str:
    return f"{opening} {text}" if opening else text
