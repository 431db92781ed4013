"""Text from networks, made harmless: plain, bounded, one cell a character or two, no codes a terminal would obey."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

from klout_tui.domain.markup import pieces

MARKS_IN_A_ROW: Final = 3
"""Combining marks kept on one character; real scripts stack no more, floods stack hundreds."""

HTML_LIMIT: Final = 200_000
"""Characters of HTML read; a longer page is cut before parsing, so that 10 MB cost no more than this."""

_TERMINAL_CODE: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|[\x1b][PX\]^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # DCS, SOS, OSC, PM, APC with what they carry
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI in one byte
    r"|[\x90\x98\x9d-\x9f][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_ADDRESS_LIMIT: Final = 254
_ADDRESS: Final = re.compile(
    r"[\w!'*+=~-]+(?:\.[\w!'*+=~-]+)*@(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:[^\W\d_]{2,63}|xn--[A-Za-z0-9-]{2,59})"
)
"""RFC 5322's dot-atom without what has a meaning in a link, at a host with a dot; any script's letters (RFC 6531)."""
_UNSEEN: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1, but tab and newline
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U0001f3fb-\U0001f3ff"  # skin tones: terminals disagree on the width of what they join
    "\U000e0000-\U000e0fff"
    "]"
)
_PICTURE: Final = (
    "[\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"
    "(?:[\ufe0e\ufe0f]|[\U0001f3fb-\U0001f3ff])?"
)
_EMOJI: Final = re.compile(
    "(\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    "|\U000e0077\U000e006c\U000e0073)\U000e007f"  # England, Scotland, Wales
    f"|{_PICTURE}(?:\u200d{_PICTURE}){{0,9}}"  # the longest in use joins four
    "|[0-9#*\xa9\xae\u203c\u2049\u2122\u2139]\ufe0f\u20e3?)"
)
"""One emoji with what makes it that one: a variation, a skin tone, others joined to it (UTS #51)."""
_JOINER: Final = re.compile("([^\u200c\u200d]?)([\u200c\u200d]+)(?=(.?))", re.DOTALL)
_BLANK_LINES: Final = re.compile(r"\n[ \n]*\n[ \n]*")
_SPACE_RUN: Final = re.compile(r"[ \xa0\u2000-\u200a\u202f\u205f\u3000]{2,}|[\xa0\u2000-\u200a\u202f\u205f]")
_ANY_SPACE: Final = re.compile(r"\s+")

_BREAKS: Final = (
    {"br": "\n", "p": "\n\n", "li": "\n", "blockquote": "\n\n", "div": "\n", "tr": "\n", "pre": "\n\n"}
    | {f"h{level}": "\n\n" for level in range(1, 7)}
)  # fmt: skip
"""What a tag puts between words."""
_SILENT: Final = frozenset({"script", "style", "template", "head", "noscript"})
"""Elements that nobody reads."""


def clean(text: str, limit: int, *, emoji: bool = False) -> str:
    """The text without terminal codes, hidden characters and floods, at most ``limit`` characters long.

    Line breaks stay, runs of blank lines become one. Markup is left as it is: it is text, and the screens treat it so.

    Args:
        text: Anything.
        limit: Characters.
        emoji: Keep what joins and varies emoji, as in what she wrote herself: her terminal shows what it let her type.
            In what comes from networks they fall apart, since terminals disagree on the width of what is joined.
    """
    text = text[: limit * 4 + 64]
    if not text.isascii() or not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
        text = _TERMINAL_CODE.sub("", text)
        parts = _EMOJI.split(text) if emoji else [text]
        parts[::2] = map(_scrubbed, parts[::2])
        text = "".join(parts)
    text = _SPACE_RUN.sub(" ", text)
    return _cut(_BLANK_LINES.sub("\n\n", text).strip(), limit)


def clean_line(text: str, limit: int, *, emoji: bool = False) -> str:
    """Like ``clean``, on one line."""
    return _cut(_ANY_SPACE.sub(" ", clean(text, limit, emoji=emoji)).strip(), limit)


def safe_url(url: str) -> str:
    """The address if it is one a browser or a mail program may be sent to, else an empty string."""
    url = url.strip()
    if not url or len(url) > 2000 or _UNSEEN.search(url) or _ANY_SPACE.search(url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme == "mailto":
        return url if mail_address(url.removeprefix("mailto:")) else ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def mail_address(text: str) -> str:
    """A plain mail address with its host in lower case, or nothing where this is none that a link may be made of.

    Quoted local parts and addresses with signs that mean something in a link (``?``, ``&``, ``%``) are not taken: such
    a link could carry further recipients, or a text.
    """
    text = text.strip()
    if len(text) > _ADDRESS_LIMIT or not _ADDRESS.fullmatch(text):
        return ""
    local, _, host = text.rpartition("@")
    return f"{local}@{host.lower()}"


def html_to_text(html: str) -> str:
    """What a reader of the HTML would read: paragraphs, line breaks and the words for pictures; no scripts, no tags."""
    if "<" not in html and "&" not in html:
        return html[:HTML_LIMIT]
    parts: list[str] = []
    silent = 0
    for piece in pieces(html[:HTML_LIMIT]):
        if isinstance(piece, str):
            if not silent:
                parts.append(piece)
            continue
        if piece.name in _SILENT:
            silent = max(silent + (-1 if piece.ends else 1), 0)
        if piece.name == "img" and not silent:  # WordPress feeds turn an emoji into a picture of it
            parts.append(piece.attributes.get("alt", ""))
        if not (piece.ends and piece.name == "br"):
            parts.append(_BREAKS.get(piece.name, ""))
    return _BLANK_LINES.sub("\n\n", "".join(parts)).strip()


def _scrubbed(text: str) -> str:
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text.replace("\t", " ")))
    text = _JOINER.sub(_keep_joiner, text)
    return _without_floods(unicodedata.normalize("NFC", text))


def _keep_joiner(match: re.Match[str]) -> str:
    """Joiners shape letters in several scripts; between anything else they only upset widths."""
    before, _, after = match.groups()
    shaping = before and after and unicodedata.category(before)[0] in "LM" and unicodedata.category(after)[0] in "LM"
    return before + match.group(2)[0] if shaping else before


def _without_floods(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) or unicodedata.category(character) == "Me" else 0
        if marks <= MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip().rstrip("\u200d") + "…"
