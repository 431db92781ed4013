"""Records what a real WordPress answers, for the blog adapter's tests; or serves that site for a try by hand.

Needs Debian (or a relative of it) and root, since it installs Debian's own packages of WordPress, PHP and MariaDB::

    python tests/recordings/record_wordpress.py              # record anew into tests/recordings/wordpress/
    python tests/recordings/record_wordpress.py --serve 8088 # the same site on http://127.0.0.1:8088 until Ctrl-C

Everything runs on loopback from a temporary folder that is removed afterwards; no service of the system is started or
changed. All content comes from ``wordpress/site/content.php``. In the recordings the loopback address reads
``https://blog.example``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pwd
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

HERE = Path(__file__).resolve().parent / "wordpress"
PUBLIC = "https://blog.example"
PACKAGES = ("wordpress", "php-cli", "php-mysql", "php-xml", "php-mbstring", "mariadb-server")
KEPT_HEADERS = {"content-type", "etag", "last-modified", "link", "x-wp-total", "x-wp-totalpages"}

REST = "/wp-json/wp/v2"
POST_FIELDS = "id,date_gmt,modified_gmt,guid,link,title,content,author,tags,categories"
COMMENT_FIELDS = "id,post,parent,author,author_name,author_url,date_gmt,link,content"
POSTS = f"{REST}/posts?per_page=100&orderby=date&order=asc&_fields={POST_FIELDS}"
COMMENTS = f"{REST}/comments?per_page=100&orderby=date_gmt&order=asc&_fields={COMMENT_FIELDS}"

ASKED = {
    "home": "/",
    "post-page": "/sundials-python/",
    "feed": "/feed/",
    "feed-page-2": "/feed/?paged=2",
    "feed-page-3": "/feed/?paged=3",
    "feed-atom": "/feed/atom/",
    "comments": "/comments/feed/",
    "comments-atom": "/comments/feed/atom/",
    "post-comments": "/sundials-python/feed/",
    "post-comments-atom": "/sundials-python/feed/atom/",
    "rest-root": "/wp-json/?_fields=name,description,url,namespaces",
    "rest-posts": POSTS,
    "rest-posts-newest": f"{REST}/posts?per_page=1&orderby=date&order=desc&_fields={POST_FIELDS}",
    "rest-posts-past-the-end": f"{POSTS}&page=2",
    "rest-posts-by-id": f"{REST}/posts?include=301,330&per_page=100&_fields=id,guid,link,author",
    "rest-posts-by-id-page": f"{REST}/posts?include=330&per_page=100&_fields=id,guid,link,author",
    "rest-comments": COMMENTS,
    "rest-comments-first": COMMENTS.replace("per_page=100", "per_page=1"),
    "rest-comments-since": f"{COMMENTS}&after=2026-10-25T18:00:00Z",
    "rest-comments-month": f"{COMMENTS}&after=2026-09-26T18:00:00Z",
    "rest-comments-past-the-end": f"{COMMENTS}&page=2",
    "rest-comments-forbidden": f"{REST}/comments?type=pingback",
    "rest-tags": f"{REST}/tags?include=4,5,6,7,8&per_page=100&_fields=id,name,slug",
    "rest-categories": f"{REST}/categories?include=1,2,3&per_page=100&_fields=id,name,slug",
    "rest-users": f"{REST}/users?per_page=100&_fields=id,name,url",
    "rest-user": f"{REST}/users/1?_fields=id,name,url",
    "rest-no-route": f"{REST}/nothing",
}
CONDITIONAL = {"feed-304": "feed", "comments-304": "comments", "comments-atom-304": "comments-atom"}


def install() -> None:
    """Install what is missing; ``RUNLEVEL=1`` keeps Debian from starting the new services."""
    if shutil.which("php") and shutil.which("mariadbd") and Path("/usr/share/wordpress").is_dir():
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    subprocess.run(command, check=True, env=os.environ | {"RUNLEVEL": "1", "DEBIAN_FRONTEND": "noninteractive"})


@contextlib.contextmanager
def running(command: list[str], env: dict[str, str] | None = None) -> Iterator[None]:
    """Run a server for as long as the block lasts."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_for(ready: Path | tuple[str, int]) -> None:
    """Wait until a server's socket answers, at most a minute."""
    for _ in range(240):
        family = socket.AF_UNIX if isinstance(ready, Path) else socket.AF_INET
        with socket.socket(family) as probe:
            if probe.connect_ex(str(ready) if isinstance(ready, Path) else ready) == 0:
                return
        time.sleep(0.25)
    raise SystemExit(f"{ready} did not come up within a minute")


@contextlib.contextmanager
def site(port: int) -> Iterator[str]:
    """A filled WordPress on a loopback port; gives its address."""
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="blog-") as folder, contextlib.ExitStack() as stack:
        root, data, sock = Path(folder, "site"), Path(folder, "data"), Path(folder, "db.sock")
        shutil.copytree("/usr/share/wordpress", root, ignore=shutil.ignore_patterns(".htaccess", "wp-config.php"))
        shutil.copy(HERE / "site" / "wp-config.php", root)
        shutil.copytree(HERE / "site" / "theme", root / "wp-content" / "themes" / "plain")

        owner = pwd.getpwnam("mysql")
        data.mkdir()
        for path in (Path(folder), data):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        base = [f"--datadir={data}", "--user=mysql"]
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", *base, "--auth-root-authentication-method=normal"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        server = ["mariadbd", "--no-defaults", *base, f"--socket={sock}", "--skip-networking"]
        stack.enter_context(running([*server, f"--pid-file={data}/pid"]))
        wait_for(sock)
        subprocess.run(["mariadb", f"--socket={sock}", "-uroot", "-e", "CREATE DATABASE blog"], check=True)

        env = os.environ | {"BLOG_URL": url, "BLOG_ROOT": str(root), "BLOG_SOCKET": str(sock)}
        subprocess.run(["php", str(HERE / "site" / "content.php")], check=True, env=env, stdout=subprocess.DEVNULL)
        web = ["php", "-S", f"127.0.0.1:{port}", "-t", str(root), str(HERE / "site" / "router.php")]
        stack.enter_context(running(web, env))
        wait_for(("127.0.0.1", port))
        yield url


def ask(url: str, path: str, headers: dict[str, str]) -> dict[str, object]:
    """One answer as an envelope: what was asked, status, headers, body, all with the public address."""

    def public(text: str) -> str:
        for written in (url, url.rpartition(":")[0]):  # some of WordPress's links lose the port
            text = text.replace(written, PUBLIC).replace(written.replace("/", "\\/"), PUBLIC.replace("/", "\\/"))
        return text.replace(urllib.parse.quote(url, safe=""), urllib.parse.quote(PUBLIC, safe=""))

    request = urllib.request.Request(url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, got, body = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            status, got, body = refusal.code, refusal.headers, refusal.read()
    kept = [[name.lower(), public(value)] for name, value in got.items() if name.lower() in KEPT_HEADERS]
    return {
        "request": {"url": PUBLIC + path, "headers": headers},
        "status": status,
        "headers": kept,
        "body": public(body.decode("utf-8")),
    }


def record(url: str) -> None:
    """Ask everything once and write one file per answer."""
    validators: dict[str, dict[str, str]] = {}

    def keep(name: str, path: str, headers: dict[str, str]) -> None:
        envelope = ask(url, path, headers)
        found = dict(map(tuple, envelope["headers"]))  # type: ignore[call-overload]
        validators[name] = {
            asked: found[given]
            for given, asked in (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
            if given in found
        }
        text = json.dumps(envelope, indent=1, ensure_ascii=False)
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(envelope["status"], path)

    for name, path in ASKED.items():
        keep(name, path, {})
    for name, earlier in CONDITIONAL.items():
        keep(name, ASKED[earlier], validators[earlier])


def main() -> None:
    """Record, or serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", type=int, metavar="PORT", help="serve the site instead of recording it")
    port = parser.parse_args().serve
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that a plain kill tidies up as Ctrl-C does
    install()
    if port:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                sys.exit(f"port {port} is taken")
        with site(port) as url, contextlib.suppress(KeyboardInterrupt):
            print(f"serving on {url}; Ctrl-C (or kill) ends it and removes everything", flush=True)
            while True:
                time.sleep(3600)
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with site(port) as url:
        record(url)


if __name__ == "__main__":
    main()
