"""Feeds in whatever form people serve them: RSS 0.9 to 2.0, RSS 1.0, Atom, JSON Feed. Pure parsing.

Real feeds are broken in many ways; whatever can be read is read, item by item, and the rest is counted. Document type
declarations are removed before parsing, so no entity of theirs is ever expanded and nothing outside is ever fetched.
"""

from __future__ import annotations

import calendar
import codecs
import hashlib
import html
import io
import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin

import feedparser

from klout_tui.domain.batch import TEXT_LIMIT
from klout_tui.domain.text import html_to_text
from klout_tui.networks.blog import jsonfeed
from klout_tui.networks.blog.document import Feed, Item
from klout_tui.networks.blog.naming import clean_link, plain_name
from klout_tui.networks.dates import EARLIEST, leap, moment
from klout_tui.networks.repair import utf8

_ROOT: Final = re.compile(rb"<(?:[\w.-]+:)?(rss|rdf|feed|channel|html|head|body)[\s>/:]", re.IGNORECASE)
_DECLARED_TYPE: Final = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
# possessive, since remembering where each of 20 million repetitions could be taken back costs gigabytes
_REST_OF_TYPE: Final = re.compile(rb"(?:[^\[>]|\[(?:[^\]\"']|\"[^\"]*+\"|'[^']*+')*+\])*+>")
_ENTITY: Final = re.compile(rb"<!ENTITY[^>]*+>", re.IGNORECASE)
_WIDE: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"{\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\0{", "utf-16-be"),
)
"""How a body begins whose characters take more than one byte each."""
_PROLOG: Final = re.compile(rb"<\?xml[^>]*?(\s+encoding\s*=\s*[\"']([\w.:-]*)[\"'])")
_REPLY_LINE: Final = re.compile(
    r"\s*(?:<p>)?\s*[^<>]{0,60}<a href=[\"']([^\"'<>]*#comment-\d+)[\"'][^<>]*>[^<>]*</a>"
    r"[^<>]{0,20}?(?:</p>|\n\n|<br ?/?>)"
)
"""What WordPress puts before an answer in its comments feeds, in its own language: "In reply to <a>Ada</a>."."""
_BEFORE_ROOT: Final = re.compile(rb"(?:\s*+(?:<!--.*?-->|<\?.*?\?>))*+", re.DOTALL)
"""Comments, which may say anything, and processing instructions."""
_MAIL: Final = re.compile(r"<?(?:mailto:)?([^\s@<>()]+)@[\w.-]+>?")
_HEAD: Final = 4096
"""Bytes searched for the root element; some servers print warnings before it."""


class NotAFeed(ValueError):  # a finding, turned into NotUnderstood by whoever asked
    """The body is something else; the message says what it looks like."""


def looks_like_feed(body: bytes) -> bool:
    """Whether a body is a feed, judged by its content, since content types lie."""
    return _begins_as_feed(_unpacked(body))


def _begins_as_feed(body: bytes) -> bool:
    before = _BEFORE_ROOT.match(body)
    begin = before.end() if before else 0
    start = body[begin : begin + _HEAD]
    if start.startswith(b"{"):
        return jsonfeed.looks_like_one(start)
    found = _ROOT.search(start)
    return found is not None and found[1].lower() in (b"rss", b"rdf", b"feed", b"channel")


def read(body: bytes, url: str, content_type: str = "") -> Feed:
    """The feed in a body.

    Args:
        body: as received, unpacked.
        url: where it came from; relative links start there.
        content_type: the header's value; only its character set matters.

    Raises:
        NotAFeed: it is none.
    """
    body = _unpacked(body)
    if not _begins_as_feed(body):
        kind = "an empty page" if not body else "a web page" if _is_html(body) else "something else"
        raise NotAFeed(kind)
    if body.startswith(b"{"):
        try:
            return jsonfeed.read(body, url)
        except ValueError as error:
            raise NotAFeed("broken JSON") from error
    return _read_xml(body, url, content_type)


def _as_utf8(body: bytes) -> bytes | None:
    """The body in UTF-8, if that is what it is, apart from a few bytes.

    Taking all of it for another encoding because of one bad byte would garble every word.
    """
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        damage = text.count("\ufffd")
        others = len(re.findall(r"[^\x00-\x7f]", text)) - damage
        return utf8(body).encode() if others > damage else None
    return body


def _read_xml(body: bytes, url: str, content_type: str) -> Feed:
    headers: dict[str, str] = {}
    prolog = _PROLOG.match(body)
    named = "charset" in content_type.lower() and not re.search("utf-?(16|32)", content_type.lower())
    if not (named or prolog) or "utf-8" in f"{content_type} {prolog[2].decode() if prolog else ''}".lower():
        whole = _as_utf8(body)
        if whole is not None:
            # else taken for Latin-1
            body, headers["content-type"] = whole, "application/xml; charset=utf-8"
    if named and not headers:
        headers["content-type"] = content_type
    try:
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # a parser given arbitrary bytes may fail in any way
        raise NotAFeed("a feed damaged beyond reading") from error
    items: list[Item] = []
    unreadable: Counter[str] = Counter()
    for entry in parsed.entries:
        try:
            item = _item(entry, url, rss=not str(parsed.version or "").startswith("atom"))
        except (ValueError, TypeError, AttributeError, KeyError, IndexError):
            unreadable["unreadable item"] += 1
            continue
        if item.id or item.url:
            items.append(item)
        else:
            unreadable["item without id and link"] += 1
    channel = parsed.feed
    about = channel.get("generator_detail") or {}
    return Feed(
        title=_title(channel, rss=True),
        site=_absolute(_alternate(channel), url),
        generator=" ".join(filter(None, (_text(channel.get("generator")), _text(about.get("href"))))),
        next_page=_absolute(_linked(channel, "next"), url),
        items=tuple(items),
        owners=_names(channel),
        owner_url=_text((channel.get("author_detail") or {}).get("href")),
        unreadable=dict(unreadable),
    )


def _item(entry: Any, url: str, *, rss: bool) -> Item:
    link, identifier = _alternate(entry), _text(entry.get("id"))
    if entry.get("guidislink") and link == identifier and not link.startswith(("/", "https://", "http://")):
        link = ""  # whoever writes "17" there has forgotten to say that it is no address
    link = _absolute(link, url)
    replied = entry.get("thr_in-reply-to")
    title = _title(entry, rss=rss)
    text, answered = _body(entry, link, rss=rss)
    return Item(
        id=identifier or ("" if link else _made_id(_text(entry.get("published")), title or text)),
        url=clean_link(link),
        title=title,
        text=text,
        at=_when(entry),
        authors=_names(entry),
        author_url=_text((entry.get("author_detail") or {}).get("href")),
        topics=tuple(dict.fromkeys(filter(None, (_topic(tag) for tag in entry.get("tags") or ())))),
        comments=_count(entry.get("slash_comments"), entry.get("thr_total")),
        comments_feed=_absolute(_text(entry.get("wfw_commentrss")) or _linked(entry, "replies", feed=True), url),
        answers=(_text(replied.get("ref")) if isinstance(replied, dict) else "") or answered,
    )


def _made_id(*facts: str) -> str:
    """An id for what has neither id nor link, out of what hardly changes; empty where it says nothing at all."""
    if not facts[-1]:
        return ""
    return f"item-{hashlib.sha256(chr(10).join(facts).encode('utf-8', 'replace')).hexdigest()[:16]}"


def _names(thing: Any) -> tuple[str, ...]:
    """Everybody who is named as an author of a feed or an item."""
    said = [_name(author, _text(thing.get("author"))) for author in thing.get("authors") or ()]
    return tuple(dict.fromkeys(filter(None, said or [_signature(_text(thing.get("author")))])))


def _name(author: Any, whole: str) -> str:
    """An author's name; where the parser has taken an address out of it, from the whole text again.

    It knows no top-level domain longer than four letters: of ``rob@my.social (Rob)`` it leaves ``al (Rob``.
    """
    name = _text(author.get("name"))
    if author.get("email") and "@" in whole and (not name or name.strip("()<> ") not in _signature(whole)):
        return _signature(whole)
    return _signature(name)


def _signature(text: str) -> str:
    """The name in ``mail (Name)``, ``Name <mail>``, a name alone; of an address alone, what stands before the ``@``."""
    found = _MAIL.search(text)
    if found is None:
        return plain_name(text)
    rest = " ".join((text[: found.start()] + text[found.end() :]).split())
    return plain_name(rest.removeprefix("(").removesuffix(")").strip() or found[1])


def _unpacked(body: bytes) -> bytes:
    """The body in an encoding whose tags are ASCII, without byte order mark, leading blanks and declared entities."""
    for mark, encoding in _WIDE:
        if body.startswith(mark):
            body = body.decode(encoding, "replace").encode()
            break
    body = body.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n\0")
    if (prolog := _PROLOG.match(body)) and prolog[2].lower().startswith((b"utf-16", b"utf-32", b"ucs-", b"utf16")):
        # it cannot be: what says so has been read
        body = body[: prolog.start(1)] + body[prolog.end(1) :]
    return _without_declarations(body)


def _without_declarations(body: bytes) -> bytes:
    """The body without its document type and without any entity declared, wherever it stands."""
    declared = _DECLARED_TYPE.search(body)
    if declared and (rest := _REST_OF_TYPE.match(body, declared.end())):
        body = body[: declared.start()] + body[rest.end() :]
    closed = body.rfind(b">") + 1  # beyond it no entity ends, and looking for that from each one takes hours
    return _ENTITY.sub(b"", body[:closed]) + body[closed:]


def _is_html(body: bytes) -> bool:
    found = _ROOT.search(body[:_HEAD])
    return found is not None or b"<!doctype html" in body[:_HEAD].lower() or b"<p" in body[:_HEAD].lower()


def _title(thing: Any, *, rss: bool) -> str:
    value = _text(thing.get("title"))
    kind = (thing.get("title_detail") or {}).get("type", "")
    if kind != "text/plain":
        value = html_to_text(value)
    elif rss:
        value = html.unescape(value)
    return " ".join(value.split())


def _body(entry: Any, link: str, *, rss: bool) -> tuple[str, str]:
    """Text of an item, and the address of the comment it answers, if WordPress put that before it.

    Content comes before the summary, which may be an excerpt. RSS knows no plain text, whatever it looks like.
    """
    parts = [(_text(part.get("value")), part.get("type", "")) for part in entry.get("content") or ()]
    parts.sort(key=lambda part: len(part[0]), reverse=True)
    parts.append((_text(entry.get("summary")), (entry.get("summary_detail") or {}).get("type", "text/html")))
    value, kind = next((part for part in parts if part[0]), ("", ""))
    if kind == "text/plain" and not rss:
        return value[:TEXT_LIMIT], ""
    answered = ""
    found = _REPLY_LINE.match(value)
    if found and found[1].partition("#")[0] == link.partition("#")[0] != "":
        value, answered = value[found.end() :], found[1]
    return html_to_text(value)[:TEXT_LIMIT].strip(), answered


def _when(entry: Any) -> datetime | None:
    for name in ("published", "updated", "created"):
        # feedparser's own ``get`` answers one name with another
        said = _text(dict.get(entry, name))
        at = leap(said) or _moment(dict.get(entry, f"{name}_parsed")) or moment(said)
        if at is not None and at >= EARLIEST:
            return at
    return None


def _moment(parsed: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _topic(tag: Any) -> str:
    return " ".join(html.unescape(_text(tag.get("label")) or _text(tag.get("term"))).split())


def _count(*told: Any) -> int | None:
    for value in told:
        if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,9}\s*", value):
            return int(value)
    return None


def _alternate(thing: Any) -> str:
    return _linked(thing, "alternate") or _text(thing.get("link"))


def _linked(thing: Any, relation: str, *, feed: bool = False) -> str:
    for link in thing.get("links") or ():
        kind = _text(link.get("type"))
        if link.get("rel") == relation and link.get("href") and (not feed or "xml" in kind) and "xhtml" not in kind:
            return _text(link.get("href"))
    return ""


def _absolute(link: str, url: str) -> str:
    if not link:
        return ""
    try:
        joined = urljoin(url, link.strip())
    except ValueError:
        return ""
    return joined if joined.startswith(("https://", "http://")) else ""


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
