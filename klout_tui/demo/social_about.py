"""What the Mastodon server says about itself, always the same."""

from __future__ import annotations

from typing import Any

from klout_tui.demo.persona import Persona

_VERSION = "4.6.4"
_TITLE = "Social, by example"


def about(persona: Persona) -> dict[str, dict[str, Any]]:
    """Path to JSON body."""
    host = persona.her.server
    origin = f"https://{host}"
    return {
        "/api/v2/instance": {
            "domain": host,
            "title": _TITLE,
            "version": _VERSION,
            "source_url": "https://github.com/mastodon/mastodon",
            "description": "A small server that exists in a demo only.",
            "usage": {"users": {"active_month": 212}},
            "languages": ["en"],
            "configuration": {
                "urls": {"streaming": f"wss://{host}"},
                "accounts": {"max_featured_tags": 10},
                "statuses": {"max_characters": 500, "max_media_attachments": 4},
            },
            "registrations": {"enabled": False, "approval_required": False, "message": None},
            "api_versions": {"mastodon": 11},
            "contact": {"email": "", "account": None},
            "rules": [],
        },
        "/api/v1/instance": {"uri": host, "title": _TITLE, "version": _VERSION},
        "/.well-known/nodeinfo": {
            "links": [
                {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": f"{origin}/nodeinfo/2.0"},
            ]
        },
        "/nodeinfo/2.0": {
            "version": "2.0",
            "software": {"name": "mastodon", "version": _VERSION},
            "protocols": ["activitypub"],
            "usage": {"users": {"total": 431, "activeMonth": 212}},
            "openRegistrations": False,
        },
        "/.well-known/oauth-authorization-server": {
            "issuer": f"{origin}/",
            "authorization_endpoint": f"{origin}/oauth/authorize",
            "token_endpoint": f"{origin}/oauth/token",
            "scopes_supported": [
                "read",
                "profile",
                "read:accounts",
                "read:notifications",
                "read:search",
                "read:statuses",
                "write",
                "write:statuses",
            ],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "code_challenge_methods_supported": ["S256"],
        },
    }
