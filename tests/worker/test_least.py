"""A network that wants to be left alone for longer than accounts usually are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from klout_tui.config import AccountSettings, Settings
from klout_tui.networks.email import Email
from klout_tui.networks.optional import least_minutes
from tests.worker.fakes import Clock, Hosts, Pages, account, make_worker, open_store, paged

ALICE = account("alice")


class Shy(Pages):
    least_minutes: ClassVar[int] = 180


@pytest.mark.parametrize(
    ("settings", "minutes"),
    [
        (Settings(), 180),
        (Settings(refresh_minutes=600), 600),
        (Settings(accounts={ALICE.id: AccountSettings(refresh_minutes=10)}), 10),  # her word
    ],
)
async def test_it_is_left_alone_unless_she_says_otherwise(tmp_path: Path, settings: Settings, minutes: int) -> None:
    clock = Clock()
    with open_store(tmp_path, clock, ALICE) as store:
        worker = make_worker(store, clock, Shy(), transport=Hosts(one_example=paged(2)), settings=settings)
        await worker.refresh()
        due = store.health(ALICE.id).next_due
        assert due is not None
        assert timedelta(minutes=0.9 * minutes) <= due - clock.now <= timedelta(minutes=1.1 * minutes)
        (result,) = await worker.refresh()  # asked for, it is read at once
        assert result.fault is None


def test_nonsense_is_no_wish() -> None:
    for said in ("often", -5, 10**9, None):
        shy = Shy()
        shy.least_minutes = said  # type: ignore[assignment,misc]  # a plugin may say anything
        assert least_minutes(shy) == 0
    assert least_minutes(Email()) == 180
