"""The benchmark on the study's form of data: a truth is found, none is not, and memory is bounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.timing import Reading, make, measure, read, told


@pytest.fixture(scope="module")
def evenings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "evenings.tsv.gz"
    assert make(path, truth="evenings", users=45, posts=120, seed=1) > 15_000
    return path


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "alike.tsv"
    make(path, truth="none", users=45, posts=120, seed=2)
    return path


def test_a_known_truth_is_found(evenings: Path) -> None:
    report = measure([evenings], bits=18)
    assert report.skipped == 0
    assert report.users == 45
    for gain in (report.by_zone, report.personal):
        assert gain is not None
        assert gain.low > 0.15
        assert told(gain).startswith("+")
    assert set(report.zones) == {"Europe/Berlin", "America/New_York", "Asia/Kolkata"}


def test_uniform_data_give_no_difference(alike: Path) -> None:
    report = measure([alike], bits=18)
    assert report.personal is not None
    assert not report.personal.differs
    assert "no difference" in told(report.personal)
    assert report.by_zone is None or not report.by_zone.differs


def test_the_sample_stays_within_its_bound_and_keeps_users_whole(evenings: Path) -> None:
    whole, small = Reading(bits=18), Reading(keep=4_000, bits=18)
    whole.take(read([evenings]))
    small.take(read([evenings]))
    assert 0 < small.report.kept <= 4_000 < whole.report.kept
    for user, posts in small._sample.items():
        assert posts == whole._sample[user]


def test_lines_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "odd.tsv"
    path.write_text(
        "1\t2\t3\t1413331200000\t1413331260000\tEurope/Berlin\n"
        "1\t2\t3\t1413331200000\t1413331260000\tNowhere/At_All\n"
        "1\t2\t3\t1413331200000\t1413331100000\tEurope/Berlin\n"
        "not a line\n\n",
        encoding="utf-8",
    )
    report = measure([path], bits=10)
    assert (report.lines, report.skipped, report.kept) == (5, 4, 1)
    assert report.personal is None
    assert told(report.by_zone) == "too few posts to tell"


def test_the_same_seed_makes_the_same_file(tmp_path: Path) -> None:
    for name in ("a.tsv", "b.tsv"):
        make(tmp_path / name, truth="evenings", users=3, posts=5, seed=9)
    assert (tmp_path / "a.tsv").read_bytes() == (tmp_path / "b.tsv").read_bytes()
    first = (tmp_path / "a.tsv").read_text("utf-8").splitlines()[0].split("\t")
    assert len(first) == 6
    assert all(-(2**63) <= int(field) < 2**63 for field in first[:5])
    assert int(first[3]) <= int(first[4])
