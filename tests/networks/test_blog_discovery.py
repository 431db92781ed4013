from __future__ import annotations

import pytest

from klout_tui.errors import UsageError
from klout_tui.networks.blog import discovery, naming
from klout_tui.networks.blog.discovery import atom_form, comments_beside, read_page
from tests.networks.blog_site import envelope

HOME = "https://blog.example/"


def head(*links: str) -> str:
    return "<html><head>" + "".join(f"<link {link}>" for link in links) + "</head><body></body></html>"


@pytest.mark.parametrize(
    ("html", "posts"),
    [
        (head('rel="alternate" type="application/rss+xml" href="/feed/"'), ["https://blog.example/feed/"]),
        (
            head('REL="Alternate" TYPE="application/atom+xml; charset=utf-8" HREF="a.xml"'),
            ["https://blog.example/a.xml"],
        ),
        (head('rel="alternate" type="application/feed+json" href="//cdn.example/f"'), ["https://cdn.example/f"]),
        (head('rel="alternate" type="application/json" href="/feed.json"'), ["https://blog.example/feed.json"]),
        (
            head(
                'rel="alternate" type="application/rss+xml" href="/x"',
                'rel="alternate" type="application/rss" href="x"',
            ),
            ["https://blog.example/x"],
        ),
        (
            head('rel="alternate" type="application/rss+xml" title="Comments on code » Feed" href="/feed/"'),
            ["https://blog.example/feed/"],
        ),
        (
            '<base href="/sub/"><link rel=alternate type=application/rss+xml href=feed>',
            ["https://blog.example/sub/feed"],
        ),
    ],
)
def test_declared_feeds(html: str, posts: list[str]) -> None:
    assert [feed.url for feed in read_page(html, HOME).posts(HOME)] == posts


def test_wordpress_rest_links_are_no_json_feeds() -> None:
    page = read_page(envelope("post-page")["body"], "https://blog.example/sundials-python/")
    assert [feed.url for feed in page.posts(HOME)] == ["https://blog.example/feed/"]
    assert [feed.url for feed in page.comments()] == ["https://blog.example/comments/feed/"]
    assert page.rest == "https://blog.example/wp-json/"


def test_anchors_come_before_guesses_when_nothing_is_declared() -> None:
    html = '<a href="/about">About</a><a href="/news/index.xml">Feed</a><a href="javascript:alert(1)//rss">no</a>'
    urls = [feed.url for feed in read_page(html, HOME).posts(HOME)]
    assert urls[:3] == [
        "https://blog.example/news/index.xml",
        "https://blog.example/feed/",
        "https://blog.example/rss/",
    ]
    assert len(urls) == len(set(urls)) == 7


def test_guesses_start_below_the_page_and_end_at_the_root() -> None:
    urls = [feed.url for feed in discovery.guesses("https://example.org/~ada/blog/index.html?x=1")]
    assert urls[0] == "https://example.org/~ada/blog/feed/"
    assert urls[-1] == "https://example.org/feed.json"


@pytest.mark.parametrize(
    ("feed", "wordpress", "comments"),
    [
        ("https://b.example/feed/", True, "https://b.example/comments/feed/atom/"),
        ("https://b.example/blog/feed/atom/", True, "https://b.example/blog/comments/feed/atom/"),
        ("https://b.example/category/python/feed/", True, "https://b.example/comments/feed/atom/"),
        ("https://b.example/?feed=rss2", True, "https://b.example/?feed=comments-atom"),
        ("https://b.example/feeds/posts/default", False, "https://b.example/feeds/comments/default"),
    ],
)
def test_where_the_comments_feed_lies(feed: str, wordpress: bool, comments: str) -> None:
    assert comments_beside(feed, wordpress=wordpress)[0] == comments


def test_no_comments_feed_is_made_up_for_other_engines() -> None:
    assert comments_beside("https://b.example/index.xml", wordpress=False) == ()


def test_atom_form() -> None:
    assert atom_form("https://b.example/comments/feed/") == "https://b.example/comments/feed/atom/"
    assert atom_form("https://b.example/?feed=comments-rss2") == "https://b.example/?feed=comments-atom"
    assert atom_form("https://b.example/comments.xml") == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("blog.example", "https://blog.example/"),
        (" https://Blog.Example:443/Feed?x=1#y ", "https://blog.example/Feed?x=1"),
        ("127.0.0.1:8088", "http://127.0.0.1:8088/"),
        ("http://localhost:8088/feed/", "http://localhost:8088/feed/"),
        ("http://[::1]:8088", "http://[::1]:8088/"),
        ("feed:https://blog.example/feed", "https://blog.example/feed"),
    ],
)
def test_addresses_as_people_type_them(typed: str, meant: str) -> None:
    assert naming.address(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "my blog", "http://blog.example", "ftp://blog.example", "https://", "blog", "https://me:pw@b.example",
     "https://[::1", "javascript://x.example/%0aalert(1)", "https://b.example:99999"],
)  # fmt: skip
def test_addresses_that_cannot_be_meant(typed: str) -> None:
    with pytest.raises(UsageError) as refusal:
        naming.address(typed)
    assert refusal.value.hint
    assert "pw" not in refusal.value.message


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://b.example/feed", "https://b.example/feed"),
        ("http://b.example/feed", "https://b.example/feed"),
        ("http://127.0.0.1:631/admin", ""),
        ("https://localhost/feed", ""),
        ("file:///etc/passwd", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_what_a_blog_names_is_asked_encrypted_and_never_on_this_machine(url: str, asked: str) -> None:
    assert naming.named_link(url, "https://b.example/") == asked


def test_a_blog_on_this_machine_may_name_itself() -> None:
    assert naming.named_link("http://127.0.0.1:8088/feed/", "http://localhost:8088/") == "http://127.0.0.1:8088/feed/"


@pytest.mark.parametrize(
    ("name", "url", "key", "handle"),
    [
        ("Ada", "https://Ada.example/Notes/", "ada.example/notes", "ada.example"),
        ("Ada", "http://ada.example/notes?x", "ada.example/notes", "ada.example"),
        ("Bo Åström", "", "bo-åström@blog.example", "Bo Åström"),
        ("Bo", "javascript:alert(1)", "bo@blog.example", "Bo"),
        ("Bo", "https://www.blog.example/", "bo@blog.example", "Bo"),
        ("", "", "anonymous@blog.example", "anonymous"),
        ("Ada", "https://www.blogger.com/profile/2", "www.blogger.com/profile/2", "Ada"),
    ],
)
def test_people_keep_their_key(name: str, url: str, key: str, handle: str) -> None:
    assert naming.person_key(name, url, "https://blog.example") == (key, handle)
