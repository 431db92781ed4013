"""Linking a blog: from what was typed to its feeds, its REST API, its author and an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from klout_tui.domain.model import Account, Profile
from klout_tui.networks.address import host_of, is_loopback
from klout_tui.networks.base import Capabilities, LinkRequest, NotFound, Unavailable, Verified
from klout_tui.networks.blog import wordpress
from klout_tui.networks.blog.discovery import Candidate, Page, atom_form, comments_beside, guesses, read_page
from klout_tui.networks.blog.document import Feed
from klout_tui.networks.blog.feeds import looks_like_feed
from klout_tui.networks.blog.fetching import ACCEPT, REFUSALS, feed_at, lasting, parsed
from klout_tui.networks.blog.mapping import listed
from klout_tui.networks.blog.naming import (
    address,
    named_link,
    origin,
    person_key,
    plain_name,
    same_host,
    site_key,
    site_url,
)
from klout_tui.networks.http import Answer, Client

_CLOSED: Final = (*REFUSALS, Unavailable)
"""A REST API that breaks down at every call is as good as closed: the feeds remain."""
HOSTS: Final = "hosts"
"""The option that names further hosts, one per line: those that redirects led to, those of single posts' comments."""
_POST_HOSTS: Final = 5
"""Hosts of single posts' comments feeds noted at most; a blog has them on one."""
_TRIES: Final = 14
"""Addresses tried where a page declares no feed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A blog's feed and where it was found."""

    url: str
    answer: Answer
    feed: Feed
    page: Page
    page_url: str
    """The page that led to it; empty if the feed itself was typed."""
    rest: str
    """Announced root of a REST API."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What WordPress's REST API lets everybody see."""

    root: str = ""
    """Empty: closed, or no WordPress."""
    comments: bool = False
    author_ids: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Asked on the way to it."""


async def verify(request: LinkRequest, client: Client, now: datetime) -> Verified:
    """Find everything that can be read of a blog.

    Raises:
        UsageError: the target is no address.
        NetworkError: as the client's ``get``; ``NotFound`` if no feed was found.
    """
    found = await _posts_feed(request, client)
    is_wordpress = found.feed.wordpress or "wordpress" in found.page.generator.lower() or bool(found.rest)
    rest = await _rest(client, found.rest, listed(request.options.get("author", ""))) if found.rest else Rest()
    comments, comments_hosts = await _comments_feed(request, client, found, is_wordpress=is_wordpress)
    per_post = not comments and any(item.comments_feed for item in found.feed.items)
    site = _site(found)
    authors = listed(request.options.get("author", "")) or rest.names or found.feed.authors
    options = {
        "feed": found.url,
        "comments_feed": comments,
        "rest": rest.root,
        "rest_comments": "yes" if rest.comments else "",
        "engine": "wordpress" if is_wordpress else "",
        "author": request.options.get("author", ""),
        "author_ids": ",".join(map(str, rest.author_ids)),
        "authors": "\n".join(authors),
    }
    told = {host_of(address) for address in (site, found.url, comments, rest.root)}
    asked = (*found.answer.hosts, *comments_hosts, *rest.hosts, *_post_hosts(found.feed))
    options[HOSTS] = "\n".join(host for host in dict.fromkeys(asked) if host not in told)
    handle = site_key(site)
    keys = (handle, *(person_key(name, "", site)[0] for name in authors)) if len(authors) == 1 else (handle,)
    account = Account(
        id=f"blog:{handle}",
        network="blog",
        handle=handle,
        base_url=origin(site),
        linked_at=now,
        name=found.feed.title or handle,
        url=site,
        keys=tuple(dict.fromkeys(keys)),
        options={name: value for name, value in options.items() if value},
    )
    profile = Profile(handle=handle, name=account.name, url=site, keys=account.keys)
    return Verified(account, profile, _capabilities(found, rest, comments=bool(comments), per_post=per_post))


async def _posts_feed(request: LinkRequest, client: Client) -> Found:
    typed = address(request.target)
    answer = await client.get(typed, accept=ACCEPT)
    if looks_like_feed(answer.body):
        feed = await parsed(answer)
        return Found(lasting(typed, answer), answer, feed, Page(), "", _announced(answer))
    page = read_page(answer.text(), answer.url)
    rest = _announced(answer) or named_link(page.rest, answer.url)
    given = request.options.get("feed", "")
    candidates = (Candidate(address(given)),) if given else page.posts(answer.url)
    trouble: Unavailable | None = None
    for tried in (candidates, () if given else guesses(answer.url)):
        for candidate in tried[:_TRIES]:
            try:
                got, feed = await feed_at(client, candidate.url, candidate.url if given else answer.url)
            except (*REFUSALS, Unavailable) as error:
                if given:
                    raise
                trouble = trouble or (error if isinstance(error, Unavailable) else None)
                continue
            url = lasting(candidate.url, got)
            return Found(url, got, feed, page, answer.url, rest or _announced(got))
    if trouble:  # there may well be one
        raise trouble
    host = urlsplit(answer.url).hostname
    raise NotFound(f"no feed was found on {host}", hint="If the blog has one, link it by the feed's own address.")


async def _comments_feed(
    request: LinkRequest, client: Client, found: Found, *, is_wordpress: bool
) -> tuple[str, tuple[str, ...]]:
    """Address of the feed of all comments, or empty, and the hosts asked on the way to it."""
    if given := request.options.get("comments_feed", ""):
        url = address(given)
        answer, _ = await feed_at(client, url, url)  # she said so herself: if it is none, she should hear it
        return lasting(url, answer), answer.hosts
    declared = [feed.url for feed in found.page.comments() if same_host(feed.url, found.url)]
    atom = [form for form in map(atom_form, declared) if form] if is_wordpress else []
    beside = comments_beside(found.url, wordpress=is_wordpress)
    for url in dict.fromkeys((*atom, *declared, *beside)):
        try:
            answer, _ = await feed_at(client, url, found.answer.url)
        except (*REFUSALS, Unavailable):
            continue
        return lasting(url, answer), answer.hosts
    return "", ()


def _post_hosts(feed: Feed) -> tuple[str, ...]:
    """Hosts of the comments feeds of single posts."""
    hosts = (host_of(item.comments_feed) for item in feed.items if item.comments_feed)
    return tuple(dict.fromkeys(host for host in hosts if host and not is_loopback(host)))[:_POST_HOSTS]


async def _rest(client: Client, root: str, wanted: tuple[str, ...]) -> Rest:
    """What of the API is open; whatever is closed is left out quietly, the feeds remain."""
    try:
        await wordpress.api_root(client, root)
        newest = await wordpress.listing(
            client, wordpress.posts_url(root, newest=True), wordpress.RestPost, "a list of posts"
        )
    except _CLOSED:
        return Rest()
    try:
        url = wordpress.comments_url(root, first=True)
        await wordpress.listing(client, url, wordpress.RestComment, "a list of comments")
        comments = True
    except _CLOSED:
        comments = False
    try:
        users = await wordpress.listing(
            client,
            wordpress.endpoint(root, "users", per_page=wordpress.PER_PAGE, _fields="id,name,url"),
            wordpress.User,
            "a list of authors",
        )
    except _CLOSED:  # often blocked; posts tell their author's number all the same
        if wanted:
            return Rest()  # without names her posts could not be told from the others'
        numbers = tuple(dict.fromkeys(post.author for post in newest.rows if post.author))
        return Rest(root, comments, numbers, hosts=newest.hosts)
    folded = {name.casefold() for name in wanted}
    hers = [user for user in users.rows if not wanted or plain_name(user.name).casefold() in folded]
    return Rest(
        root,
        comments,
        tuple(user.id for user in hers),
        tuple(plain_name(user.name) for user in hers if user.name),
        newest.hosts,
    )


def _announced(answer: Answer) -> str:
    return named_link(answer.links.get("https://api.w.org/", ""), answer.url)


def _site(found: Found) -> str:
    """URL of the blog: what its feed calls its site, believed for another host only if the feed itself was typed."""
    feed_site = found.feed.site
    if feed_site and (not found.page_url or same_host(feed_site, found.page_url)):
        site = site_url(feed_site)
    else:
        site = site_url(found.page_url or found.answer.url)
    # a feed may still tell the address from before encryption; what answered us was encrypted or on this machine
    return site.replace("http://", "https://", 1) if found.answer.url.startswith("https://") else site


def _capabilities(found: Found, rest: Rest, *, comments: bool, per_post: bool) -> Capabilities:
    sees = ["your posts, with their categories and tags"]
    misses = ["who reads, likes or shares a post: blogs do not tell"]
    if rest.comments:
        sees.append("every approved comment, with its writer's name and site (through WordPress's public interface)")
        if comments:
            sees.append("links from other blogs, as far as the newest comments tell them (pingbacks)")
        else:
            misses.append("links from other blogs: there is no comments feed")
    elif comments:
        sees.append("the newest comments, with their writers' names")
        misses.append("comments from before linking, beyond the newest few: the comments feed is a short window")
    elif per_post:
        sees.append("comments on recent posts, with their writers' names")
        misses.append("comments on older posts: this blog has no feed of all comments")
    else:
        misses.append("comments: this blog tells none publicly")
    if found.rest and not rest.comments:
        misses.append("older comments through WordPress: its public interface is closed here")
    tells = rest.comments or comments or per_post
    return Capabilities(names_actors=tells, dates_reactions=tells, sees=tuple(sees), misses=tuple(misses))
