"""A real mail server on this machine: Dovecot, from the system's packages, unprivileged, in a folder of its own."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tests.secrets import MAIL_PASSWORD

USER: Final = "ada@mail.example"
STARTS_WITHIN: Final = 15.0
"""Seconds; it takes a tenth of one on an idle machine."""

_CONFIG: Final = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0 secs
mail_location = maildir:{folder}/mail/%u
rawlog_dir = {folder}/raw
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
"""


@dataclass
class Dovecot:
    """It runs; mails are put in by a client that is not ours."""

    folder: Path
    plain: int
    """Port without encryption, where STARTTLS is offered."""
    tls: int

    @property
    def certificate(self) -> Path:
        """Who vouches for it: itself."""
        return self.folder / "cert.pem"

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        """Python's own client, logged in."""
        with imaplib.IMAP4("127.0.0.1", self.plain, timeout=10) as client:
            client.login(USER, MAIL_PASSWORD)
            yield client

    def folders(self, *spelt: str) -> None:
        """Make folders, spelt as IMAP spells them; what was in them goes."""
        with self.client() as client:
            for name in spelt:
                client.delete(f'"{name}"')
                assert client.create(f'"{name}"')[0] == "OK"

    def put(self, folder: str, at: datetime, *mails: bytes) -> None:
        """Put mails into a folder, unread."""
        with self.client() as client:
            for mail in mails:
                assert client.append(f'"{folder}"', "", at, mail)[0] == "OK"

    def unseen(self, folder: str) -> tuple[int, int]:
        """How many mails are unread, of how many."""
        with self.client() as client:
            told = client.status(f'"{folder}"', "(UNSEEN MESSAGES)")[1][0]
            words = told.decode().replace(")", " ").replace("(", " ").split()
            return int(words[words.index("UNSEEN") + 1]), int(words[words.index("MESSAGES") + 1])

    def logged(self, words: str) -> list[str]:
        """What it logged of conversations that ended, once these words are among it: another process writes that."""
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            ended = [line for line in (self.folder / "log").read_text("utf-8").splitlines() if "Logged out" in line]
            if any(words in line for line in ended):
                return ended
            time.sleep(0.02)
        raise AssertionError(f"it never logged {words}")

    def heard(self) -> str:
        """Every byte any client said since the last time, as the server logged it."""
        said = []
        for path in sorted((self.folder / "raw").glob("*.in")):
            said.append(path.read_bytes().decode("utf-8", "replace"))
            path.unlink()
        return "\n".join(said)


def missing() -> str:
    """Why it cannot be run here; empty where it can."""
    for program, package in (("dovecot", "dovecot-imapd"), ("openssl", "openssl")):
        if _program(program) is None:
            return f"{program} is not installed; Debian has it in {package}"
    version = subprocess.run([str(_program("dovecot")), "--version"], capture_output=True, text=True, check=False)
    return (
        "" if version.stdout.startswith("2.3.") else f"its settings are for Dovecot 2.3, not {version.stdout.strip()}"
    )


@contextmanager
def running() -> Iterator[Dovecot]:
    """Started, and stopped at the end. Raises RuntimeError with its log where it does not start."""
    folder = Path(tempfile.mkdtemp(prefix="kt-mail-", dir="/tmp"))  # its sockets' paths must be short
    server = Dovecot(folder, *_free_ports(2))
    who = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    process: subprocess.Popen[bytes] | None = None
    try:
        _prepare(server, who)
        account = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        command = [str(_program("dovecot")), "-F", "-c", str(folder / "conf")]
        with (folder / "out").open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, **account)  # type: ignore[call-overload]
        _await(server, process)
        yield server
    finally:
        if process is not None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def trusting(server: Dovecot) -> dict[str, str]:
    """The environment in which its certificate is believed."""
    return {"SSL_CERT_FILE": str(server.certificate)}


def _prepare(server: Dovecot, who: pwd.struct_passwd) -> None:
    folder = server.folder
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    places = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([str(_program("openssl")), *request, *names, *places], check=True, capture_output=True)
    words = {
        "folder": folder,
        "user": who.pw_name,
        "group": grp.getgrgid(who.pw_gid).gr_name,
        "uid": who.pw_uid,
        "gid": who.pw_gid,
        "plain": server.plain,
        "tls": server.tls,
        "password": MAIL_PASSWORD,
    }
    (folder / "conf").write_text(_CONFIG.format(**words))
    for name in ("run", "state", "mail", "home", "raw"):
        (folder / name).mkdir()
    for path in (folder, *folder.iterdir()):
        if os.getuid() == 0:
            os.chown(path, who.pw_uid, who.pw_gid)


def _await(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, imaplib.IMAP4.error), server.client():
            return
        time.sleep(0.05)
    told = "\n".join(
        path.read_text("utf-8", "replace") for path in (server.folder / "out", server.folder / "log") if path.exists()
    )
    raise RuntimeError(f"Dovecot did not start:\n{told}")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
