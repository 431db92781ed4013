"""The composition root: what a session is made of, and what it leaves behind."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from klout_tui.credentials import MemorySecrets, SystemSecrets
from klout_tui.errors import ConfigError, KloutError, StoreError, UsageError
from klout_tui.networks.registry import Registry
from klout_tui.session import Session
from tests.conftest import FrozenClock
from tests.town import Town

AS_OF = date(2026, 10, 25)
"""A day of 25 hours in Berlin."""
ITS_END = datetime(2026, 10, 25, 22, 59, 59, 999999, tzinfo=UTC)


def _open(home: Path, clock: FrozenClock, *, as_of: date | None = None) -> Session:
    networks = Registry({"town": Town()})
    return Session.open(as_of=as_of, environ={"KLOUT_TUI_HOME": str(home)}, clock=clock, networks=networks)


def test_an_ordinary_session(home: Path, clock: FrozenClock) -> None:
    with _open(home, clock) as session:
        assert session.paths.store == home / "store"
        assert session.zone.key == "Europe/Berlin"
        assert session.now() == clock.now
        assert (session.until, session.transport, session.demo) == (None, None, False)
        assert isinstance(session.secrets, SystemSecrets)
        assert session.worker() is not None
        clock.advance(timedelta(hours=1))
        assert session.now() == clock.now


async def test_preparing_does_nothing_outside_the_demo(home: Path, clock: FrozenClock) -> None:
    with _open(home, clock) as session:
        await session.prepare(finish=True)
        assert session.store.accounts(unlinked=True) == ()


def test_the_past_ends_with_its_local_day_and_stands_still(home: Path, clock: FrozenClock) -> None:
    _open(home, clock).close()
    with _open(home, clock, as_of=AS_OF) as session:
        assert session.now() == session.until == ITS_END
        clock.advance(timedelta(days=1))
        assert session.now() == ITS_END
        with pytest.raises(UsageError, match="--as-of only shows"):
            session.worker()
        with pytest.raises(StoreError):
            session.store.thank(["x"], clock.now)


def test_the_past_of_a_home_that_is_not_there_is_empty_and_stays_so(home: Path, clock: FrozenClock) -> None:
    with _open(home, clock, as_of=AS_OF) as session:
        assert session.store.accounts() == ()
    assert not home.exists()


def test_the_future_is_refused(home: Path, clock: FrozenClock) -> None:
    clock.now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # in Berlin the 24th
    _open(home, clock, as_of=date(2026, 11, 24)).close()
    with pytest.raises(UsageError, match="future"):
        _open(home, clock, as_of=date(2026, 11, 25))


def test_closing_twice_is_harmless(home: Path, clock: FrozenClock) -> None:
    session = _open(home, clock)
    session.close()
    session.close()


def test_a_session_that_cannot_be_opened_leaves_no_log_handler(home: Path, clock: FrozenClock) -> None:
    before = list(logging.getLogger("klout_tui").handlers)
    home.mkdir()
    (home / "settings.toml").write_text("colour = 1")
    with pytest.raises(ConfigError):
        _open(home, clock)
    (home / "settings.toml").unlink()
    (home / "store").write_text("in the way")
    with pytest.raises(StoreError):
        _open(home, clock)
    assert logging.getLogger("klout_tui").handlers == before


def test_warnings_go_to_the_log_and_nothing_else_does(home: Path, clock: FrozenClock) -> None:
    with _open(home, clock):
        logging.getLogger("klout_tui.test").info("small talk")
        assert not (home / "log").exists()
        logging.getLogger("klout_tui.test").warning("something is wrong")
    logging.getLogger("klout_tui.test").warning("too late")
    text = (home / "log").read_text()
    assert "something is wrong" in text
    assert "small talk" not in text
    assert "too late" not in text


def test_a_log_that_cannot_be_written_spoils_nothing(
    home: Path, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    with _open(home, clock):
        (home / "log").mkdir()
        logging.getLogger("klout_tui.test").warning("something is wrong")
    assert capsys.readouterr().err == ""


class TestDemo:
    """One reading of the invented year serves all of these."""

    @pytest.fixture
    def demo(self, clock: FrozenClock) -> Iterator[Session]:
        with Session.open(demo=True, clock=clock) as session:
            yield session

    def test_it_lives_in_a_home_of_its_own_that_goes(self, home: Path, clock: FrozenClock) -> None:
        with Session.open(demo=True, clock=clock) as session:
            temporary = session.paths.store.parent
            assert temporary.exists()
            assert isinstance(session.secrets, MemorySecrets)
        assert not temporary.exists()
        assert not home.exists()

    async def test_preparing_links_once(self, demo: Session) -> None:
        await demo.prepare()
        linked = demo.store.accounts()
        assert {account.network for account in linked} == {"mastodon", "blog"}
        await demo.prepare()
        assert demo.store.accounts() == linked

    async def test_finishing_reads_everything_there_is(self, demo: Session, clock: FrozenClock) -> None:
        await demo.prepare(finish=True)
        accounts = demo.store.accounts()
        assert all(demo.store.health(account.id).backfilled for account in accounts)
        posts, acts = demo.store.posts(), demo.store.interactions()
        assert len(posts) > 100
        assert len(acts) > 1000
        assert max(act.at for act in acts) <= clock.now
        assert posts[0].at < clock.now - timedelta(days=300)
        rounds = await demo.worker().refresh()
        assert {result.status for result in rounds} <= {"ok", "unchanged"}

    async def test_a_reading_that_comes_to_no_end_is_an_error(
        self, demo: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("klout_tui.session._ROUNDS", 0)
        with pytest.raises(KloutError, match="the demo does not work: 0 rounds"):
            await demo.prepare(finish=True)

    def test_homes_of_demos_that_were_killed_are_swept(
        self, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        two_days_ago = time.time() - 2 * 24 * 60 * 60
        for name in ("klout-tui-demo-old", "klout-tui-demo-busy", "klout-tui-demo-new", "somebody-elses"):
            (tmp_path / name / "store").mkdir(parents=True)
            (tmp_path / name / "store" / "core.json").write_text("{}")
            for path in (tmp_path / name / "store" / "core.json", tmp_path / name / "store", tmp_path / name):
                os.utime(path, (two_days_ago, two_days_ago))
        os.utime(tmp_path / "klout-tui-demo-busy" / "store" / "core.json")
        os.utime(tmp_path / "klout-tui-demo-new")
        (tmp_path / "klout-tui-demo-link").symlink_to(tmp_path / "somebody-elses", target_is_directory=True)
        (tmp_path / "klout-tui-demo-file").write_text("a file")
        os.utime(tmp_path / "klout-tui-demo-file", (two_days_ago, two_days_ago))
        before = {path.name for path in tmp_path.iterdir()}
        Session.open(demo=True, clock=clock).close()
        assert before - {path.name for path in tmp_path.iterdir()} == {"klout-tui-demo-old"}
        assert (tmp_path / "somebody-elses" / "store" / "core.json").exists()

    @pytest.mark.skipif(not hasattr(os, "getuid"), reason="here the temporary folder is each user's own")
    def test_homes_of_other_users_are_left_alone(
        self, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        (tmp_path / "klout-tui-demo-theirs").mkdir()
        os.utime(tmp_path / "klout-tui-demo-theirs", (0, 0))
        owner = (tmp_path / "klout-tui-demo-theirs").stat().st_uid
        monkeypatch.setattr(os, "getuid", lambda: owner + 1)
        Session.open(demo=True, clock=clock).close()
        assert (tmp_path / "klout-tui-demo-theirs").exists()

    async def test_its_year_may_end_earlier(self, clock: FrozenClock) -> None:
        with Session.open(demo=True, as_of=date(2026, 6, 30), clock=clock) as session:
            assert session.until is not None
            await session.prepare()
            posts = session.store.posts()
            assert session.until - timedelta(days=14) < posts[-1].at <= session.until
            with pytest.raises(UsageError):
                session.worker()
