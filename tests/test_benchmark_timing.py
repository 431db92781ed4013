"""The benchmark on the study's form of data: a truth is found, none is not, and memory is bounded."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path

import pytest

from benchmarks.timing import REASONS, Line, Reading, Unreadable, make, measure, read, told
from benchmarks.zonenames import _PLACES, zone_called


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
    assert not report.skipped
    assert report.users == 45
    for gain in (report.by_zone, report.personal):
        assert gain is not None
        assert gain.low > 0.15
        assert told(gain).startswith("+")
    assert set(report.zones) == {"Central European Time", "Eastern Standard Time", "India Standard Time"}


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


PUBLISHED = (
    b"#user_id_fingerprint\t#actor_id_fingerprint\t#post_id_fingerprint\t#post_timestamp\t#action_timestamp\t#user_timezone\n"
    b"-7\t2\t3\t1413331199002\t1413331280999\tVenezuela Time\n"
    b"8\t-2\t4\t1413331199002\t1413333981001\tIndonesia Western Time\n"
    b"8\t-3\t4\t1413331199002\t1413333981001\t\\N\n"
)
"""Lines in the form of the study's published samples."""


def test_the_published_form_is_read(tmp_path: Path) -> None:
    plain, packed, archive = tmp_path / "a.tsv", tmp_path / "a.tsv.gz", tmp_path / "a.tar.gz"
    plain.write_bytes(PUBLISHED)
    packed.write_bytes(gzip.compress(PUBLISHED))
    with tarfile.open(archive, "w:gz") as made:
        made.add(plain, "set/part-0")
        made.add(plain, "set/part-1")
    for path, times in ((plain, 1), (packed, 1), (archive, 2)):
        report = measure([path], bits=10)
        assert (report.lines, report.skipped) == (3 * times, {"no zone": times})


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Eastern Standard Time", "America/New_York"),
        ("Central Standard Time", "America/Chicago"),
        ("Australian Eastern Standard Time", "Australia/Sydney"),
        ("Central European Time", "Europe/Berlin"),
        ("Greenwich Mean Time", "Europe/London"),
        ("Fernando de Noronha Time", "America/Noronha"),
        ("Hawaii-Aleutian Standard Time", "Pacific/Honolulu"),
        ("Korea Standard Time", "Asia/Seoul"),
        ("Asia/Kolkata", "Asia/Kolkata"),
    ],
)
def test_zones_are_known_by_the_names_people_have_for_them(name: str, place: str) -> None:
    found = zone_called(name)
    assert found is not None
    assert found.key == place


@pytest.mark.parametrize("name", ["", "Time", "Nowhere/At_All", "EST", "../etc/passwd", "/etc/localtime", "a\0b/c"])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_called(name) is None


def test_every_name_leads_to_a_zone() -> None:
    assert all(zone_called(" ".join(words)) is not None for words in _PLACES)


def test_lines_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "odd.tsv"
    good = b"1\t2\t3\t1413331200000\t1413331260000\tEurope/Berlin\n"
    odd = [
        b"not a line\n",
        b"\n",
        good.replace(b"Berlin", b"B\xffrlin"),
        good.replace(b"1413331200000", b"9" * 30),
        good.replace(b"1413331260000", b"99999999999999999"),
        good.replace(b"1413331200000", b"-99999999999999"),
        good.replace(b"1\t2", b"1\t" + b"9" * 20),
    ]
    astray = [
        good.replace(b"Europe/Berlin", b"Nowhere/At_All"),
        good.replace(b"1413331260000", b"1413331100000"),
    ]
    path.write_bytes(b"".join([good, *odd, *astray]))
    report = measure([path], bits=10)
    assert (report.lines, report.kept) == (10, 1)
    assert report.skipped == {
        "cannot be read": len(odd),
        "zone 'Nowhere/At_All' unknown": 1,
        "acted before the post": 1,
    }
    assert report.personal is None
    assert told(report.by_zone) == "too few posts to tell"


def test_a_file_of_zones_nobody_knows_does_not_fill_the_memory() -> None:
    reading = Reading(bits=10)
    reading.take(Line(1, 2, 3, 0, 0, f"Zone {number}") for number in range(1_000))
    assert len(reading.report.skipped) <= REASONS + 1
    assert reading.report.skipped.total() == 1_000


def test_a_file_that_breaks_off_is_said_in_words_and_the_rest_judged(tmp_path: Path) -> None:
    whole = gzip.compress(PUBLISHED * 5_000)
    (tmp_path / "cut.tsv.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "none.tsv.gz").write_bytes(PUBLISHED)
    (tmp_path / "none.tar.gz").write_bytes(PUBLISHED)
    reading = Reading(bits=10)
    with pytest.raises(Unreadable, match=r"cut\.tsv\.gz: "):
        reading.take(read([tmp_path / "cut.tsv.gz"]))
    assert reading.report.lines > 1_000
    for name in ("none.tsv.gz", "none.tar.gz", "not-there.tsv", "."):
        with pytest.raises(Unreadable):
            measure([tmp_path / name], bits=10)


def test_the_same_seed_makes_the_same_file(tmp_path: Path) -> None:
    for name in ("a.tsv", "b.tsv"):
        make(tmp_path / name, truth="evenings", users=3, posts=5, seed=9)
    assert (tmp_path / "a.tsv").read_bytes() == (tmp_path / "b.tsv").read_bytes()
    first = (tmp_path / "a.tsv").read_text("utf-8").splitlines()[0].split("\t")
    assert len(first) == 6
    assert all(-(2**63) <= int(field) < 2**63 for field in first[:5])
    assert int(first[3]) <= int(first[4])
