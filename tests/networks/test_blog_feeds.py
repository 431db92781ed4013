from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from klout_tui.networks.blog import feeds
from klout_tui.networks.blog.document import Feed
from tests.networks.blog_site import RECORDINGS, envelope, feed_file

URL = "https://zoo.example/feeds/x.xml"


def read(name: str) -> Feed:
    return feeds.read(feed_file(name), URL, "text/xml")


@pytest.mark.parametrize("path", sorted((RECORDINGS / "feeds").iterdir()), ids=lambda path: path.stem)
def test_every_broken_feed_is_recognised_and_read(path: Path) -> None:
    assert feeds.looks_like_feed(path.read_bytes())
    feed = feeds.read(path.read_bytes(), URL)
    assert feed.title
    assert feed.items
    assert feed.items[0].id or feed.items[0].url


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("undeclared-encoding.xml", ["Café – “déjà vu”"]),
        ("html-entities.xml", ["Tea & café", "Item 2"]),
        ("stray-markup.xml", ["5 < 6 & bold", "Item 2", "Raw & ready"]),
        ("warning-before.xml", ["Item 1"]),
        ("truncated.xml", ["Item 1", "Item 2"]),
        ("blank-lines-and-mark.xml", ["Item 1"]),
        ("mark-and-blank-lines.xml", ["Item 1"]),
        ("atom-relative.xml", ["Plain <b> stays", "In xhtml"]),
    ],
)
def test_titles_are_text(name: str, titles: list[str]) -> None:
    assert [item.title for item in read(name).items] == titles


def test_dates_are_read_leniently_and_never_invented() -> None:
    none, words, future, zone, bare, epoch = (item.at for item in read("dates.xml").items)
    assert none is words is epoch is None
    assert future == datetime(2047, 1, 1, tzinfo=UTC)
    assert zone == datetime(2026, 6, 4, 8, 0, tzinfo=UTC)
    assert bare == datetime(2026, 6, 5, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", ["external-entity.xml", "laughing-entities.xml"])
def test_declared_entities_are_never_expanded(name: str) -> None:
    feed = read(name)
    assert len(feed.items) == 2
    assert "haha" not in feed.items[0].title
    hostname = Path("/etc/hostname")
    if hostname.exists():
        assert hostname.read_text(encoding="utf-8").strip() not in feed.items[0].title
    assert sys.getsizeof(feed.items[0].title) < 1000


@pytest.mark.parametrize("unit", [b"<!ENTITY ", b"<!DOCTYPE [", b"<!DOCTYPE ' "])
def test_declarations_that_are_never_finished_cost_no_more_than_other_text(unit: bytes) -> None:
    begun = time.process_time()
    feed = feeds.read(b"<rss><channel><title>t</title></channel></rss>" + unit * (3_000_000 // len(unit)), URL)
    assert feed.title == "t"
    assert time.process_time() - begun < 5


def test_relative_links_start_at_xml_base() -> None:
    feed = read("atom-relative.xml")
    assert feed.site == "https://zoo.example/blog/"
    assert [item.url for item in feed.items] == [
        "https://zoo.example/blog/posts/one",
        "https://zoo.example/blog/posts/two",
    ]
    assert feed.items[0].topics == ("Python", "sundials")
    assert feed.items[0].text == "One.\n\nTwo."
    assert feed.items[0].author_url == "https://zoo.example/"


def test_items_without_id_and_link_get_a_lasting_id_and_empty_ones_are_counted() -> None:
    feed = read("empty-guid.xml")
    assert [item.url for item in feed.items] == ["https://zoo.example/1/", "https://zoo.example/2/", ""]
    assert [item.title for item in feed.items] == ["Item 1", "Item 2", "Item 3"]
    assert feed.items[2].id == read("empty-guid.xml").items[2].id != ""
    assert feed.unreadable == {"item without id and link": 1}


def rss(*items: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'{prolog}<rss version="2.0"><channel><title>Café</title>{inside}</channel></rss>'


def test_ids_do_not_depend_on_where_the_feed_lies() -> None:
    body = rss("<guid>17</guid><title>a</title><link>/a</link>", "<guid>18</guid><title>b</title>").encode()
    first, second = feeds.read(body, "https://zoo.example/old/feed.xml").items
    assert (first.id, first.url) == ("17", "https://zoo.example/a")
    assert (second.id, second.url) == ("18", "")
    assert [item.id for item in feeds.read(body, "https://zoo.example/feed/").items] == ["17", "18"]


def test_one_bad_byte_garbles_no_other_word() -> None:
    body = rss("<guid>1</guid><title>Käse, déjà vu</title>", "<guid>2</guid><title>It@s</title>").encode()
    items = feeds.read(body.replace(b"@", b"\x92"), URL, "text/xml; charset=UTF-8").items
    assert [item.title for item in items] == ["Käse, déjà vu", "It’s"]


@pytest.mark.parametrize("content_type", ["", "text/xml", "text/xml; charset=utf-8"])
def test_latin_1_that_calls_itself_utf8_is_read(content_type: str) -> None:
    body = rss("<guid>1</guid><title>Käse</title>").encode("latin-1")
    feed = feeds.read(body, URL, content_type)
    assert (feed.title, feed.items[0].title) == ("Café", "Käse")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("content_type", ["text/xml", "text/xml; charset=utf-16"])
def test_utf_16_is_read_with_and_without_its_mark(encoding: str, content_type: str) -> None:
    body = rss("<guid>1</guid><title>Käse</title>", prolog='<?xml version="1.0" encoding="utf-16"?>').encode(encoding)
    assert feeds.looks_like_feed(body)
    assert feeds.read(body, URL, content_type).items[0].title == "Käse"


def test_utf8_that_calls_itself_utf_16_is_read() -> None:
    body = rss("<guid>1</guid><title>Käse</title>", prolog='<?xml version="1.0" encoding="utf-16"?>').encode()
    assert feeds.read(body, URL).items[0].title == "Käse"


@pytest.mark.parametrize("before", ["<!-- kept by <html> cache -->\n", f"<!-- {'x' * 9000} -->", "<?x <body> ?>"])
def test_what_stands_in_comments_before_a_feed_does_not_matter(before: str) -> None:
    assert feeds.read(rss("<guid>1</guid>", prolog=before).encode(), URL).items[0].id == "1"


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("rob@my.photography (Rob Bee)", "Rob Bee"),
        ("Rob Bee &lt;rob@my.photography&gt;", "Rob Bee"),
        ("rob@blog.example", "rob"),
        ("rob@b.com (Rob Bee)", "Rob Bee"),
        ("Rob (at work)", "Rob (at work)"),
    ],
)
def test_authors_of_rss_by_mail_and_name(author: str, name: str) -> None:
    assert feeds.read(rss(f"<guid>1</guid><author>{author}</author>").encode(), URL).items[0].authors == (name,)


def test_the_author_of_a_whole_atom_feed_is_its_author() -> None:
    feed = feeds.read(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><author><name>Robin</name>'
        b"<uri>https://robin.example/</uri></author><entry><id>tag:1</id><title>a</title></entry></feed>",
        URL,
    )
    assert feed.authors == ("Robin",)
    assert feed.author_urls == ("https://robin.example/",)
    assert feed.items[0].authors == ()


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Sat, 31 Dec 2016 23:59:60 GMT", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-06-04t10:00:00.25z", datetime(2026, 6, 4, 10, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-06-04 10:00:00 +0200", datetime(2026, 6, 4, 8, tzinfo=UTC)),
        ("Thu, 04 Jun 2026 10:00:00 +0200", datetime(2026, 6, 4, 8, tzinfo=UTC)),
        ("2026-06-04", datetime(2026, 6, 4, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("yesterday", None),
        ("9" * 5000, None),
    ],
)
def test_dates_of_json_feeds_are_read_leniently_and_never_invented(said: str, read: datetime | None) -> None:
    body = f'{{"version":"https://jsonfeed.org/version/1.1","items":[{{"id":"1","date_published":"{said}"}}]}}'
    assert feeds.read(body.encode(), URL).items[0].at == read


def test_a_leap_second_in_rss_is_a_date() -> None:
    body = rss("<guid>1</guid><pubDate>Sat, 31 Dec 2016 23:59:60 GMT</pubDate>").encode()
    assert feeds.read(body, URL).items[0].at == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("damage", "title"),
    [
        (lambda body: body.replace(b"Caf@", b"Caf\xe9"), "Café"),
        (lambda body: body.replace(b"Caf@", b"Caf\n1"), "Caf 1"),
        (lambda body: body.replace(b"Caf@", b"Caf\\ud800"), "Caf?"),
        (lambda body: body.replace(b'"Caf@"', b'"Caf"').replace(b"]", b", ]"), "Caf"),
        (lambda body: body.replace(b'"id":17', b'"id":1e999').replace(b"@", b""), "Caf"),
    ],
)
def test_json_feeds_with_small_damage_are_read(damage: Callable[[bytes], bytes], title: str) -> None:
    body = b'{"version":"https://jsonfeed.org/version/1","items":[{"id":17,"url":"/a","title":"Caf@"}]}'
    (item,) = feeds.read(damage(body), URL).items
    assert (item.title, item.url) == (title, "https://zoo.example/a")


def test_wide_characters() -> None:
    text = feed_file("stray-markup.xml").decode().replace("UTF-8", "UTF-16")
    assert [item.title for item in feeds.read(text.encode("utf-16"), URL).items][1:] == ["Item 2", "Raw & ready"]


def test_json_feed_1_1_tolerates_bad_items() -> None:
    feed = read("json-1.1.json")
    assert [item.id or item.url for item in feed.items] == [
        "https://zoo.example/a",
        "https://zoo.example/no-id",
        "https://zoo.example/b",
    ]
    first = feed.items[0]
    assert (first.title, first.text, first.topics, first.authors) == (
        "A & B",
        "One",
        ("python", "sundials"),
        ("Guest",),
    )
    assert first.at == datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
    assert feed.items[1].at is None
    assert feed.items[1].authors == ("Robin",)
    assert feed.next_page == "https://zoo.example/feed.json?page=2"
    assert feed.unreadable == {"item without id and link": 1, "unreadable item": 1}


def test_json_feed_1_0_numbers_as_ids() -> None:
    (item,) = read("json-1.0.json").items
    assert (item.id, item.url, item.authors, item.author_url) == (
        "17",
        "https://zoo.example/17",
        ("Robin",),
        "https://zoo.example/",
    )


def test_rss_1_0_with_counter() -> None:
    (item,) = read("rss-1.0.xml").items
    assert (item.comments, item.topics, item.authors) == (7, ("python",), ("Robin",))


def test_tracking_is_taken_off_links() -> None:
    assert read("medium.xml").items[0].url == "https://medium.example/p/one"


def test_wordpress_comments_lose_the_line_that_names_whom_they_answer() -> None:
    for name in ("post-comments", "post-comments-atom"):
        feed = feeds.read(envelope(name)["body"].encode(), "https://blog.example/sundials-python/feed/")
        answer = next(item for item in feed.items if item.url.endswith("#comment-84"))
        assert answer.text == "May I join in?"
        assert answer.answers.endswith("#comment-83")
    assert feed.wordpress


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html><head><title>x</title></head><body><rss></body></html>",
        b'{"version": "2.0", "items": "none"}',
        b'{"version": "https://api.example/", "items": []}',
        b'{"version": "https://jsonfeed.org/version/1", "items": [',
        b"plain words",
        b"\x00\x01\x02\xff",
    ],
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(feeds.NotAFeed):
        feeds.read(body, URL)


@pytest.mark.parametrize("prolog", ["", '<?xml version="1.0"?>'], ids=["no prolog", "no encoding"])
def test_utf8_that_nobody_declared_is_utf8(prolog: str) -> None:
    body = (
        f'{prolog}<rss version="2.0"><channel><title>Größe</title><item><guid>1</guid>'
        "<title>Größe ist&#8217;s, 東京</title></item></channel></rss>"
    )
    feed = feeds.read(body.encode(), "https://blog.example/feed/", "text/xml")
    assert feed.items[0].title == "Größe ist’s, 東京"
