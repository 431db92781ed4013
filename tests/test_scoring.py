"""The score over a store: always as if gone through for the first time, kept, chosen with consent, compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klout_tui.domain.model import Health
from klout_tui.domain.score.explain import total
from klout_tui.domain.score.model import Factor, read_model
from klout_tui.domain.score.wording import headline
from klout_tui.errors import StoreError
from klout_tui.scoremodels import ModelFileError, Models, read_file
from klout_tui.scoring import Scoring
from klout_tui.store import Store
from klout_tui.store.calm import calm, keep_calm
from tests.domain.test_score_model import TEXT, changed
from tests.store.build import ADA, BLOG, NOON, REPLY, REPOST, Clock, account, act, batch, fold, linked, post

TODAY = NOON.date()
MODELS = Models(None)
SECOND = changed(('name = "model-1"', 'name = "model-2"'), ('"Model 1"', '"Model 2"'), ("like = 0.3", "like = 0.2"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with linked(tmp_path / "home" / "store", clock) as store:
        yield store


def fill(store: Store, clock: Clock, days: int = 80) -> None:
    """Some weeks of a post every third day and a few people, up to today."""
    begin = clock.now - timedelta(days=days)
    posts = [post(f"p{n}", begin + timedelta(days=n)) for n in range(0, days + 1, 3)]
    done = [
        act(f"a{n}.{m}", begin + timedelta(days=n, hours=1), on=f"p{n}", by=f"who{(n + m) % 7}", kind=REPLY)
        for n in range(0, days, 3)
        for m in range(3)
    ]
    store.absorb(batch(*posts, *done))
    read(store, clock)


def read(store: Store, clock: Clock) -> None:
    for each in store.accounts():
        store.set_health(Health(account=each.id, last_ok=clock.now, backfilled=True))


def scoring(store: Store, clock: Clock, models: Models = MODELS) -> Scoring:
    return Scoring(store, models, clock)


def test_without_data_there_is_no_score(store: Store, clock: Clock) -> None:
    found = scoring(store, clock)
    assert headline(found.look()) == "no score yet"
    assert found.why().explanation is None
    assert (found.points(), found.behind(ADA, TODAY), found.shown()) == ((), {}, {})
    assert found.change(TODAY - timedelta(days=7), TODAY) is None
    assert found.compare(read_model(SECOND)).comparison is None


def test_everything_opens_from_it_and_adds_up(store: Store, clock: Clock) -> None:
    fill(store, clock)
    found = scoring(store, clock)
    why = found.why(with_usual=True)
    assert why.explanation is not None
    assert why.look.score == pytest.approx(why.explanation.score, abs=1e-9)
    assert total(why.explanation.contributions) == pytest.approx(why.explanation.score, abs=1e-9)
    assert [name for name, _ in why.changes] == ["yesterday", "a week ago", "30 days ago"]
    for _, change in why.changes:
        assert total(change.contributions) == pytest.approx(change.points, abs=1e-9)
    assert why.fading is not None
    assert why.fading.points < 0
    assert why.moves
    parts = {part.factor: part.points for part in why.explanation.contributions}
    for factor, behind in found.behind(ADA, TODAY).items():
        assert behind.points == parts[factor]
        assert sum(each.points for each in behind.people) + behind.others + behind.older == pytest.approx(behind.points)
    assert set(found.behind(ADA, TODAY)) == set(Factor)
    assert found.usual(TODAY) == why.look.usual


kinds = st.tuples(st.sampled_from(["today", "before", "title", "fold", "night", "nothing"]), st.integers(0, 30))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(kinds, max_size=6))
def test_what_comes_in_gives_what_going_through_it_all_would(
    tmp_path_factory: pytest.TempPathFactory, what: list[tuple[str, int]]
) -> None:
    clock = Clock()
    with linked(tmp_path_factory.mktemp("any") / "store", clock) as store:
        fill(store, clock, 50)
        kept = scoring(store, clock)
        kept.look()
        for number, (deed, back) in enumerate(what):
            if deed == "today":
                store.absorb(batch(act(f"t{number}", clock.now, by=f"new{back}", kind=REPOST), cursor=f"t{number}"))
            elif deed == "before":
                at = clock.now - timedelta(days=back)
                store.absorb(batch(act(f"b{number}", at, by=f"new{back}", kind=REPOST), cursor=f"b{number}"))
            elif deed == "title":
                store.absorb(batch(post("p0", clock.now - timedelta(days=50), title=str(back)), cursor=f"c{number}"))
            elif deed == "fold":
                fold(store)
            elif deed == "night":
                clock.forward(days=back)
            read(store, clock)
            assert list(kept.course().scores) == pytest.approx(list(scoring(store, clock).course().scores), abs=1e-9)


def test_news_cost_only_the_newest_month(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, clock)
    fold(store)
    found = scoring(store, clock)
    before = found.look().score
    asked: list[str] = []
    turnout = store.turnout

    def watched(month: str, until: int | None = None) -> object:
        asked.append(month)
        return turnout(month, until)

    monkeypatch.setattr(store, "turnout", watched)
    assert found.look().score == before
    assert asked == []
    store.absorb(batch(act("new", by="new", kind=REPOST), cursor="2"))
    after = found.look().score
    assert before is not None
    assert after is not None
    assert after > before
    assert set(asked) == {"2026-03"}


def test_merged_and_ignored_people(store: Store, clock: Clock) -> None:
    fill(store, clock)
    found = scoring(store, clock)
    before = found.look().score or 0
    found.set_ties({"who1": "who0"}, ())
    merged = found.look().score or 0
    found.set_ties({}, {"who0", "who1"})
    ignored = found.look().score or 0
    assert ignored < merged < before
    found.set_ties({}, ())
    assert found.look().score == before


def test_who_is_merged_or_ignored_in_the_store_is_so_in_the_score(store: Store, clock: Clock) -> None:
    fill(store, clock)
    found = scoring(store, clock)
    before = found.look().score
    found.set_ties({"who0": "who0", "who1": "who0"}, ())
    merged = found.look().score
    found.set_ties({}, {"who0", "who1"})
    ignored = found.look().score
    found.set_ties({}, ())
    store.merge(["who0", "who1"])
    assert found.look().score == merged
    store.ignore(["who0", "who1"])
    assert found.look().score == ignored
    store.ignore(["who0", "who1"], ignored=False)
    store.split("who1")
    assert found.look().score == before


def test_the_past_is_shown_as_it_was(store: Store, clock: Clock, tmp_path: Path) -> None:
    fill(store, clock)
    at = clock.now
    then = scoring(store, clock).look()
    clock.forward(days=20)
    store.absorb(batch(act("later", clock.now, by="new", kind=REPOST), cursor="9"))
    read(store, clock)
    store.close()
    with Store.open(tmp_path / "home" / "store", clock=clock, read_only=True) as past:
        found = Scoring(past, MODELS, lambda: at, past=True)
        assert found.look().score == pytest.approx(then.score, abs=1e-9)
        assert found.points()[-1].day == at.date()
        found.keep(found.look())
        found.announced()
        assert (found.shown(), found.announcement()) == ({}, None)
        with pytest.raises(StoreError):
            found.choose("model-1")


def test_a_day_nobody_was_read_on_is_a_gap_and_the_last_known_one_is_told(store: Store, clock: Clock) -> None:
    fill(store, clock)
    clock.forward(days=5)
    found = scoring(store, clock)
    look = found.look()
    assert (look.day, look.today) == (TODAY, TODAY + timedelta(days=5))
    assert headline(look).endswith("as of 10 Mar")
    assert [point.score is None for point in found.points(TODAY - timedelta(days=1))] == [False, False, *[True] * 5]
    read(store, clock)
    assert found.look().day == TODAY + timedelta(days=5)
    assert all(point.score is not None for point in found.points())


def test_unlinking_changes_no_day_of_the_past(store: Store, clock: Clock) -> None:
    fill(store, clock)
    store.link(account(BLOG, keys=("https://ada.example",)))
    store.absorb(batch(act("b1", account=BLOG, on=None, by="zoe", kind=REPOST), of=BLOG))
    read(store, clock)
    before = scoring(store, clock).points()
    store.unlink(BLOG)
    clock.forward(days=3)
    read(store, clock)
    after = scoring(store, clock)
    assert after.points(last=TODAY) == before
    assert [move.account for move in after.why().moves if move.account == BLOG] == []
    assert after.attendance().missing((TODAY + timedelta(days=3)).toordinal()) == ()


# what she was shown, and by which model


def test_what_she_was_shown_stays_noted_with_its_model(store: Store, clock: Clock) -> None:
    fill(store, clock)
    two = Models(None, {"model-1": TEXT, "model-2": SECOND})
    scoring(store, clock).keep(scoring(store, clock).look())
    clock.forward(days=1)
    read(store, clock)
    found = scoring(store, clock, two)
    found.choose("model-2")
    found.keep(found.look())
    shown = found.shown()
    assert [(day, kept.model) for day, kept in shown.items()] == [
        (TODAY, "model-1"),
        (TODAY + timedelta(days=1), "model-2"),
    ]
    point = found.points(TODAY, TODAY)[0]
    assert (point.shown_model, point.shown) == ("model-1", shown[TODAY].score)
    assert point.score != pytest.approx(point.shown, abs=0.01)  # all of the past is computed by the model in use
    revision = store.revision
    found.keep(found.look())
    assert store.revision == revision


def test_a_new_model_is_told_once_and_used_only_when_chosen(store: Store, clock: Clock) -> None:
    fill(store, clock)
    first = scoring(store, clock, Models(None, {"model-1": TEXT}))
    assert first.announcement() is None
    first.keep(first.look())
    later = scoring(store, clock, Models(None, {"model-1": TEXT, "model-2": SECOND}))
    assert later.model().name == "model-1"
    news = later.announcement()
    assert news is not None
    assert (news.id, news.title) == ("model-2", "Model 2")
    later.announced()
    assert later.announcement() is None
    assert later.look().model == "model-1"
    later.choose("model-2")
    assert later.look().model == "model-2"
    assert later.announcement() is None


def test_a_model_is_hers_from_her_first_score_also_in_calm_mode(store: Store, clock: Clock) -> None:
    fill(store, clock)
    found = scoring(store, clock, Models(None, {"model-1": TEXT}))
    keep_calm(store, True)
    assert found.look().score is not None
    later = scoring(store, clock, Models(None, {"model-1": TEXT, "model-2": SECOND}))
    assert later.look().model == "model-1"
    assert later.announcement() is not None


def test_who_begins_later_begins_with_the_newest_and_is_told_nothing(store: Store, clock: Clock) -> None:
    fill(store, clock)
    found = scoring(store, clock, Models(None, {"model-1": TEXT, "model-10": SECOND, "model-2": SECOND}))
    assert found.models.built_in() == ["model-1", "model-2", "model-10"]
    assert found.chosen() == "model-10"
    assert found.look().model == "model-2"  # by the name in the file
    assert found.announcement() is None


def test_calm_is_remembered(store: Store) -> None:
    assert not calm(store)
    keep_calm(store, True)
    assert calm(store)
    keep_calm(store, False)
    assert not calm(store)


# her own models


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "models"
    folder.mkdir(parents=True)
    return folder


def test_a_model_of_her_own_works_like_ours(store: Store, clock: Clock, folder: Path) -> None:
    fill(store, clock)
    (folder / "mine.toml").write_text(
        changed(('"Model 1"', '"Mine"'), ("half_life_days = 60.0", "half_life_days = 20"))
    )
    found = scoring(store, clock, Models(folder))
    assert [(each.id, each.title, each.built_in) for each in found.models.offered()] == [
        ("model-1", "Model 1", True),
        ("models/mine.toml", "Mine", False),
    ]
    before = found.look()
    found.choose("models/mine.toml")
    assert found.look().fingerprint != before.fingerprint
    (folder / "mine.toml").write_text("half_life_days = 20")
    assert found.look().score == before.score
    assert f"{folder / 'mine.toml'}: name is missing. Model 1 is used in its place." == found.problem
    assert found.models.offered()[1].problem == f"{folder / 'mine.toml'}: name is missing"


def test_a_file_that_cannot_be_used_is_named_with_its_line(folder: Path) -> None:
    path = folder / "bad.toml"
    path.write_text(changed(("like = 0.3", "like = 7")))
    with pytest.raises(ModelFileError, match=r"bad\.toml, line \d+: presence\.like must be"):
        read_file(path)
    path.write_bytes(b'name = "x"\n\xff')
    with pytest.raises(ModelFileError, match=r"bad\.toml, line 2: this is not UTF-8"):
        read_file(path)
    path.write_text("#" * (2 << 20))
    with pytest.raises(ModelFileError, match="too large"):
        read_file(path)
    with pytest.raises(ModelFileError, match="cannot be read"):
        read_file(folder / "none.toml")
    with pytest.raises(ModelFileError, match="There is no scoring model model-9"):
        Models(folder).get("model-9")


def test_two_models_over_all_of_the_past(store: Store, clock: Clock) -> None:
    fill(store, clock)
    found = scoring(store, clock)
    told = found.compare(read_model(changed(("reply = 0.8", "reply = 0.5"), ('"Model 1"', '"Other"'))))
    assert (told.one, told.other, told.days[-1][0]) == ("Model 1", "Other", TODAY)
    assert all(one is not None and other is not None and one >= other for _, one, other in told.days)
    assert told.comparison is not None
    assert [step.keys for step in told.comparison.steps] == [("presence.reply",)]
    assert found.look().model == "model-1"
    other = found.under(read_model(SECOND))
    assert other.look().model == "model-2"
    other.keep(other.look())
    assert found.shown() == {}


def test_days_are_hers(store: Store, clock: Clock) -> None:
    """Half past eleven in the evening in UTC is the next day in Berlin."""
    clock.now = NOON.replace(hour=23, minute=30)
    store.absorb(batch(post(at=clock.now), act("late", clock.now, kind=REPOST)))
    read(store, clock)
    look = scoring(store, clock).look()
    assert (look.today, look.day) == (date(2026, 3, 11), date(2026, 3, 11))
    assert look.score is not None
