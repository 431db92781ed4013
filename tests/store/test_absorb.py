"""What a batch does to what is known already: dates, counters, names, own acts, day totals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from klout_tui.domain.model import Actor, Increment, Profile
from klout_tui.store import Absorbed, Store
from tests.store.build import ADA, BLOG, LIKE, NOON, REPLY, REPOST, Clock, account, act, batch, linked, post, totals

EARLIER = NOON - timedelta(days=2)
ESTIMATE = NOON - timedelta(days=40)


def test_a_precise_date_replaces_an_estimated_one_and_moves_the_act_to_its_month(store: Store) -> None:
    store.absorb(batch(act("a1", ESTIMATE, estimated=True)))
    assert totals(store) == {("2026-01-29", "like"): (1, 0, 1)}
    assert store.absorb(batch(act("a1", NOON), cursor="2")) == Absorbed()
    assert [(each.at, each.estimated) for each in store.interactions()] == [(NOON, False)]
    assert totals(store) == {("2026-03-10", "like"): (1, 0, 0)}
    store.absorb(batch(act("a1", ESTIMATE, estimated=True), cursor="3"))
    assert [each.at for each in store.interactions()] == [NOON]


def test_of_two_precise_dates_the_earlier_and_of_two_estimates_the_first_stays(store: Store) -> None:
    store.absorb(batch(act("a1", NOON), act("a2", NOON, estimated=True)))
    store.absorb(batch(act("a1", EARLIER), act("a2", EARLIER, estimated=True), cursor="2"))
    store.absorb(batch(act("a1", NOON), cursor="3"))
    assert {each.id: each.at for each in store.interactions()} == {"a1": EARLIER, "a2": NOON}


def test_an_act_seen_again_knows_its_actor_better(store: Store) -> None:
    store.absorb(batch(act("a1", actor=Actor(key="bo", handle="bo", name="Bo", followers=5), text="hi")))
    store.absorb(batch(act("a1", actor=Actor(key="bo", handle="bo", name="Bo B."), text="hi!"), cursor="2"))
    (known,) = store.interactions()
    assert (known.actor.name, known.actor.followers, known.text) == ("Bo B.", 5, "hi!")


def test_what_was_private_once_stays_private(store: Store) -> None:
    store.absorb(batch(act("a1", public=False)))
    store.absorb(batch(act("a1", public=True), cursor="2"))
    assert not store.interactions()[0].public


def test_the_same_act_twice_in_one_batch_is_one(store: Store) -> None:
    assert store.absorb(batch(act("a1"), act("a1"))) == Absorbed(new_interactions=1)
    assert totals(store) == {("2026-03-10", "like"): (1, 0, 0)}


def test_a_post_seen_again_is_updated_and_keeps_counters_not_told(store: Store) -> None:
    store.absorb(batch(post(counters={LIKE: 3, REPOST: 1}, topics=("a",))))
    store.absorb(batch(post(counters={LIKE: 4}, topics=("a", "b"), title="New"), cursor="2"))
    known = store.post("p1")
    assert known is not None
    assert known.counters == {LIKE: 4, REPOST: 1}
    assert (known.topics, known.title) == (("a", "b"), "New")


def test_a_deleted_post_is_marked_once_and_comes_back_when_it_is_back(store: Store, clock: Clock) -> None:
    store.absorb(batch(post()))
    gone_at = clock.forward(hours=3)
    assert store.absorb(batch(cursor="2", gone=("p1", "never-seen"))) == Absorbed(changed_posts=1)
    clock.forward(hours=3)
    store.absorb(batch(cursor="3", gone=("p1",)))
    known = store.post("p1")
    assert known is not None
    assert known.gone_at == gone_at
    store.absorb(batch(post(), cursor="4"))
    known = store.post("p1")
    assert known is not None
    assert known.gone_at is None


def test_what_the_first_reading_found_is_dated_to_the_post_and_later_rises_to_their_reading(
    store: Store, clock: Clock
) -> None:
    store.absorb(batch(post(at=EARLIER, likes=5), act("a1", EARLIER + timedelta(hours=1))))
    at = clock.forward(hours=5)
    store.absorb(batch(post(at=EARLIER, likes=8), act("a2", at - timedelta(hours=1)), cursor="2"))
    known = store.post("p1")
    assert known is not None
    assert known.unnamed == (
        Increment(kind=LIKE, at=EARLIER, count=4, estimated=True),
        Increment(kind=LIKE, at=at, count=2),
    )
    assert totals(store) == {("2026-03-08", "like"): (1, 4, 4), ("2026-03-10", "like"): (1, 2, 0)}


def test_a_name_that_comes_late_explains_what_had_none(store: Store) -> None:
    store.absorb(batch(post(at=NOON, likes=2)))
    assert totals(store) == {("2026-03-10", "like"): (0, 2, 2)}
    store.absorb(batch(act("a1"), act("a2"), cursor="2"))
    assert totals(store) == {("2026-03-10", "like"): (2, 0, 0)}


def test_names_known_before_their_post_are_set_against_its_counter(store: Store) -> None:
    store.absorb(batch(act("a1"), act("a2")))
    store.absorb(batch(post(likes=3), cursor="2"))
    assert totals(store) == {("2026-03-10", "like"): (2, 1, 1)}


def test_own_acts_and_own_replies_explain_the_counter_and_count_nowhere(store: Store) -> None:
    own = "https://social.example/users/ada"
    store.absorb(
        batch(
            post(counters={LIKE: 2, REPLY: 3}),
            post("p2", kind="reply", reply_to="p1"),
            act("a1", by=own),
            act("r1", kind=REPLY),
            act("p2", kind=REPLY, by=own),  # the same own reply, seen from the other side
        )
    )
    assert totals(store) == {("2026-03-10", "like"): (0, 1, 1), ("2026-03-10", "reply"): (1, 1, 1)}


def test_readings_within_an_hour_are_one(store: Store, clock: Clock) -> None:
    clock.now = NOON + timedelta(hours=1)
    store.absorb(batch(post(likes=1)))
    clock.forward(hours=1)
    store.absorb(batch(post(likes=3), cursor="2"))
    at = clock.forward(minutes=20)
    store.absorb(batch(post(likes=4), cursor="3"))
    known = store.post("p1")
    assert known is not None
    assert known.unnamed[1:] == (Increment(kind=LIKE, at=at, count=3),)


def test_a_clock_set_back_loses_no_increment(store: Store, clock: Clock) -> None:
    store.absorb(batch(post(likes=1)))
    clock.forward(hours=5)
    store.absorb(batch(post(likes=2), cursor="2"))
    clock.forward(hours=-3)
    store.absorb(batch(post(likes=6), cursor="3"))
    known = store.post("p1")
    assert known is not None
    assert sum(step.count for step in known.unnamed) == 6


def test_a_post_whose_guessed_date_is_found_out_moves_with_its_tally(store: Store) -> None:
    guess, truth = NOON, datetime(2024, 5, 1, 9, 0, tzinfo=UTC)
    store.absorb(batch(post(at=guess, estimated=True, likes=3), act("a1")))
    store.absorb(batch(post(at=truth, likes=3), cursor="2"))
    assert [each.at for each in store.posts()] == [truth]
    assert totals(store) == {("2024-05-01", "like"): (0, 2, 2), ("2026-03-10", "like"): (1, 0, 0)}


def test_linking_an_account_recognises_its_acts_of_the_past(store: Store) -> None:
    store.absorb(batch(act("a1", by="ada.example"), act("a2"), act("a3", EARLIER, by="ada.example", estimated=True)))
    store.link(account(BLOG, keys=("ada.example",)))
    assert {each.id: each.own for each in store.interactions()} == {"a1": True, "a2": False, "a3": True}
    assert totals(store) == {("2026-03-10", "like"): (1, 0, 0)}
    store.forget(BLOG)
    store.absorb(batch(act("a4", by="ada.example"), cursor="2"))
    assert store.interactions()[-1].own


def test_keys_learned_from_a_profile_are_the_users_own(store: Store) -> None:
    store.absorb(batch(act("a1", by="ada@social.example")))
    store.absorb(batch(cursor="2", profile=Profile(handle="ada", keys=("ada@social.example",))))
    assert store.interactions()[0].own
    assert totals(store) == {}


def test_a_new_handle_is_shown_from_then_on_and_the_account_stays_the_same(store: Store) -> None:
    store.absorb(batch(post("a1"), profile=Profile(handle="@ada.new.example")))
    store.absorb(batch(cursor="2", profile=Profile(handle="", name="Ada")))
    (account,) = store.accounts()
    assert (account.id, account.handle, account.name) == (ADA, "@ada.new.example", "Ada")
    assert [each.account for each in store.posts()] == [ADA]


def test_forgetting_removes_everything_of_one_account_and_nothing_of_another(
    folder: Path, store: Store, clock: Clock
) -> None:
    store.link(account(BLOG, keys=("ada.example",)))
    secret = "a very private remark"
    profile = Profile(handle="ada", followers=3)
    store.absorb(batch(post(likes=4, text=secret), act("a1", text=secret), profile=profile))
    mine = batch(post("b1", account=BLOG, likes=2), act("c1", on="b1", account=BLOG), of=BLOG, profile=profile)
    store.absorb(mine)
    store.absorb(batch(act("a2", on="b1"), post("p2", reply_to="b1", kind="reply"), cursor="2"))
    store.thank(["a1", "c1"], NOON)
    store.forget(ADA)
    assert [each.id for each in store.accounts(unlinked=True)] == [BLOG]
    assert [each.id for each in store.posts()] == ["b1"]
    assert [each.id for each in store.interactions()] == ["c1"]
    assert [each.account for each in store.readings()] == [BLOG]
    assert set(store.thanked()) == {"c1"}
    assert store.cursor(ADA) == {}
    assert totals(store) == {("2026-03-10", "like"): (1, 1, 1)}
    assert all(secret.encode() not in path.read_bytes() for path in folder.iterdir())
    store.link(account())
    assert store.absorb(batch(post(likes=4))).new_posts == 1


def test_days_are_cut_by_the_local_calendar_when_summer_time_begins(folder: Path, clock: Clock) -> None:
    with linked(folder, clock, zone="Europe/Berlin") as store:
        midnight = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # 29 March 00:00, a day of 23 hours
        times = [midnight - timedelta(seconds=1), midnight, midnight + timedelta(hours=22, minutes=59)]
        times.append(midnight + timedelta(hours=23))
        store.absorb(batch(*(act(f"a{n}", at) for n, at in enumerate(times))))
        assert {day: total[0] for (day, _), total in totals(store).items()} == {
            "2026-03-28": 1,
            "2026-03-29": 2,
            "2026-03-30": 1,
        }


def test_days_west_of_utc_lag_behind_its_calendar(folder: Path, clock: Clock) -> None:
    with linked(folder, clock, zone="America/Los_Angeles") as store:
        new_year = datetime(2026, 1, 1, 7, 59, tzinfo=UTC)
        store.absorb(batch(post(at=new_year, likes=2), act("a1", new_year), act("a2", new_year + timedelta(minutes=1))))
        assert totals(store) == {("2025-12-31", "like"): (1, 0, 0), ("2026-01-01", "like"): (1, 0, 0)}
        assert [row.account for row in store.days()] == [ADA, ADA]


def test_times_in_other_zones_are_kept_in_utc(store: Store) -> None:
    store.absorb(batch(post(at=datetime.fromisoformat("2026-01-01T00:30:00+02:00"))))
    assert [each.at.isoformat() for each in store.posts()] == ["2025-12-31T22:30:00+00:00"]
    assert store.posts(until=datetime(2025, 12, 31, 23, 0, tzinfo=UTC))


def test_a_reply_that_turns_out_to_answer_another_post_explains_that_ones_counter(store: Store) -> None:
    store.absorb(batch(post(counters={REPLY: 1}), post("p2", counters={REPLY: 1})))
    store.absorb(batch(post("own", kind="reply", reply_to="p1"), cursor="2"))
    store.absorb(batch(post("own", kind="reply", reply_to="p2"), cursor="3"))
    assert {each.id: len(each.unnamed) for each in store.posts()} == {"p1": 1, "p2": 0, "own": 0}
