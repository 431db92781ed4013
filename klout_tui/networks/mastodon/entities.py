"""The API's shapes, as far as we read them. Each names the page it mirrors.

Servers differ: whatever is not needed to make sense of a thing may be missing or null, and enumerations are plain text.
"""

from __future__ import annotations

import msgspec


class Entity(msgspec.Struct, frozen=True):
    """Base: unknown members are ignored."""


class PleromaAccount(Entity, frozen=True):
    """https://docs.pleroma.social/backend/development/API/differences_in_mastoapi_responses/#accounts."""

    hide_followers_count: bool | None = None
    hide_follows_count: bool | None = None


class Account(Entity, frozen=True):
    """https://docs.joinmastodon.org/entities/Account/."""

    id: str
    username: str = ""
    acct: str = ""
    display_name: str | None = None
    url: str | None = None
    uri: str | None = None
    followers_count: int | None = None
    following_count: int | None = None
    statuses_count: int | None = None
    created_at: str | None = None
    bot: bool | None = None
    pleroma: PleromaAccount | None = None


class Tag(Entity, frozen=True):
    """https://docs.joinmastodon.org/entities/Status/#Tag."""

    name: str = ""


class Quote(Entity, frozen=True):
    """https://docs.joinmastodon.org/entities/Quote/ and ShallowQuote."""

    state: str | None = None
    quoted_status: Status | None = None
    quoted_status_id: str | None = None


class Status(Entity, frozen=True):
    """https://docs.joinmastodon.org/entities/Status/."""

    id: str
    account: Account
    uri: str | None = None
    url: str | None = None
    created_at: str | None = None
    content: str | None = None
    spoiler_text: str | None = None
    visibility: str | None = None
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    reblog: Status | None = None
    quote: Quote | None = None
    replies_count: int | None = None
    reblogs_count: int | None = None
    favourites_count: int | None = None
    quotes_count: int | None = None
    tags: list[Tag] | None = None


class Notification(Entity, frozen=True):
    """https://docs.joinmastodon.org/entities/Notification/."""

    id: str
    type: str
    created_at: str | None = None
    account: Account | None = None
    status: Status | None = None


class Context(Entity, frozen=True):
    """https://docs.joinmastodon.org/entities/Context/."""

    descendants: list[msgspec.Raw] = []


class Instance(Entity, frozen=True):
    """https://docs.joinmastodon.org/entities/Instance/, and V1_Instance with its ``uri``."""

    domain: str | None = None
    uri: str | None = None
    version: str | None = None


class WebfingerLink(Entity, frozen=True):
    """RFC 7033, 4.4.4."""

    rel: str = ""
    type: str | None = None
    href: str | None = None


class Webfinger(Entity, frozen=True):
    """RFC 7033, 4.4."""

    subject: str | None = None
    links: list[WebfingerLink] = []


class Identified(Entity, frozen=True):
    """The one member that paging needs, of something otherwise beyond reading."""

    id: str | int
