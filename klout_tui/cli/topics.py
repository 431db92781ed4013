"""``klout-tui topics``: what posts and reactions are about, and what she decides about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from klout_tui.cli.printing import print_json, print_line, print_table, say
from klout_tui.cli.running import Run
from klout_tui.errors import UsageError

if TYPE_CHECKING:
    from klout_tui.domain.curation import Curation
    from klout_tui.session import Session

_DEED = "change topics"


@click.group(
    invoke_without_command=True,
    epilog="\b\nExamples:\n"
    "  klout-tui topics                          all of them, with what looks like one topic spelt in two ways\n"
    "  klout-tui topics merge giveaway give-aways\n"
    "  klout-tui topics hide mondaymotivation\n"
    "  klout-tui topics undo",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def topics(ctx: click.Context, as_json: bool) -> None:
    """Your topics: list, hide, rename, join and pin them.

    Without a command: the topics of the last 90 days as on the dashboard, pinned ones first, and which of all topics
    look like the same. What you decide changes nothing that is kept, and every decision can be taken back.
    """
    if ctx.invoked_subcommand is not None:
        return
    run: Run = ctx.obj
    with run.filled() as session:
        from klout_tui.output import topiclist

        found = _listed(session)
        if as_json:
            print_json(topiclist.document(found))
            return
        if not found.entries:
            from klout_tui.output.listing import EMPTY

            say("nothing", EMPTY["topics"])
            return
        print_table(topiclist.table(found))
        for line in topiclist.remarks(found):
            print_line(line)


def _listed(session: Session) -> Any:
    from klout_tui.cli.asking import Query, history_of, span_of
    from klout_tui.cli.showing import topic_table_of
    from klout_tui.domain.alike import alike
    from klout_tui.output.topiclist import Listed

    hers = session.store.topics()
    table = topic_table_of(session, Query(None, span_of(session, None, None), private=False))
    weight = _weights(history_of(session))
    weight.update({row.topic: 0 for row in table.rows if row.topic not in weight})
    everything = sorted(weight, key=lambda topic: (-weight[topic], topic))
    return Listed(
        rows=table.rows,
        topics=hers,
        alike=alike(everything, hers.curation.apart),
        older=tuple(topic for topic in everything if topic not in {row.topic for row in table.rows}),
    )


def _weights(history: Any) -> dict[str, int]:
    """How many posts carry each topic, over all that is known."""
    from collections import Counter

    from klout_tui.domain.tags import canonical_topics

    found: Counter[str] = Counter()
    for digest in history:
        own = (post for post in digest.posts if post.account and post.month == digest.month)
        found.update(topic for post in own for topic in canonical_topics(post.topics))
    return dict(found)


def _decide(
    run: Run, said: Callable[[Session], tuple[str, Callable[[Curation], Curation], str]], nothing: str = ""
) -> None:
    """Carry out one decision and say so.

    Args:
        run: The run.
        said: Gives, for a session, the words of the decision, what it does, and what to print.
        nothing: What to print where it changes nothing.
    """
    with run.filled() as session:
        session.refuse_past(_DEED)
        words, change, done = said(session)
        number = session.store.curate(words, change)
        print_line(done if number is not None else nothing or "Nothing changes: it is so already.")


def _known(session: Session, typed: str) -> str:
    """The topic that was typed; where nothing carries it, that is said, with what may have been meant.

    Raises:
        UsageError: nothing was typed.
    """
    from klout_tui.cli.asking import history_of
    from klout_tui.config import nearest

    hers = session.store.topics()
    topic = hers.find(typed)
    if not topic:
        raise UsageError("a topic needs a name")
    known = {*_weights(history_of(session)), *hers.curation.hidden, *hers.curation.pinned, *hers.curation.names}
    if topic not in known:
        guess = nearest(topic, known)
        say("note", f"nothing you posted carries {topic}" + (f"; did you mean {guess}?" if guess else ""))
    return topic


@topics.command()
@click.argument("topic")
@click.pass_obj
def hide(run: Run, topic: str) -> None:
    """Show TOPIC nowhere any more; it never comes back by itself."""

    def said(session: Session) -> tuple[str, Callable[[Curation], Curation], str]:
        found = _known(session, topic)
        return (
            f"hid {found}",
            lambda now: now.hide(found),
            f"{found} is hidden. Back with: klout-tui topics show {found}",
        )

    _decide(run, said)


@topics.command()
@click.argument("topic")
@click.pass_obj
def show(run: Run, topic: str) -> None:
    """Bring a hidden TOPIC back."""

    def said(session: Session) -> tuple[str, Callable[[Curation], Curation], str]:
        found = session.store.topics().find(topic)
        return f"brought {found} back", lambda now: now.show(found), f"{found} is shown again."

    _decide(run, said)


@topics.command()
@click.argument("topic")
@click.argument("name")
@click.pass_obj
def rename(run: Run, topic: str, name: str) -> None:
    """Call TOPIC by another NAME, written as you like it.

    If there is a topic of that name already, nothing happens: joining two is merge.
    """
    from klout_tui.domain.tags import canonical

    def said(session: Session) -> tuple[str, Callable[[Curation], Curation], str]:
        from klout_tui.cli.asking import history_of
        from klout_tui.domain.curation import JOINING

        found, to = _known(session, topic), canonical(name)
        if to != found and to in _weights(history_of(session)):
            raise UsageError(f"there is a topic {to} already", hint=JOINING)
        return f"renamed {found} to {to}", lambda now: now.rename(found, name), f"{found} is called {name} now."

    _decide(run, said)


@topics.command()
@click.argument("topic")
@click.argument("into")
@click.pass_obj
def merge(run: Run, topic: str, into: str) -> None:
    """Join TOPIC with INTO: both are one topic then, under the name of the second.

    A post that carries both counts once, and so does a +K.
    """

    def said(session: Session) -> tuple[str, Callable[[Curation], Curation], str]:
        found, target = _known(session, topic), _known(session, into)
        return (
            f"joined {found} with {target}",
            lambda now: now.merge(found, target),
            f"{found} is part of {target} now. klout-tui topics undo takes that back.",
        )

    _decide(run, said)


@topics.command()
@click.argument("spelling")
@click.pass_obj
def split(run: Run, spelling: str) -> None:
    """Make a SPELLING that was joined with something a topic of its own again."""
    from klout_tui.domain.tags import canonical

    def said(session: Session) -> tuple[str, Callable[[Curation], Curation], str]:
        form = canonical(spelling)
        if not form:
            raise UsageError("a topic needs a name")
        before = session.store.topics().find(form)
        done = f"{form} is a topic of its own, apart from {before}."
        return f"split {form} off {before}", lambda now: now.split(form) if before != form else now, done

    _decide(run, said, "Nothing changes: it is a topic of its own already.")


@topics.command()
@click.argument("one")
@click.argument("other")
@click.pass_obj
def apart(run: Run, one: str, other: str) -> None:
    """Say that ONE and OTHER are different: they are not suggested for joining any more."""

    def said(session: Session) -> tuple[str, Callable[[Curation], Curation], str]:
        first, second = _known(session, one), _known(session, other)
        done = f"{first} and {second} are two topics."
        return f"kept {first} and {second} apart", lambda now: now.keep_apart(first, second), done

    _decide(run, said)


@topics.command()
@click.argument("topic")
@click.pass_obj
def pin(run: Run, topic: str) -> None:
    """Keep TOPIC at the top, also in times when nothing happens on it."""

    def said(session: Session) -> tuple[str, Callable[[Curation], Curation], str]:
        found = _known(session, topic)
        return f"pinned {found}", lambda now: now.pin(found), f"{found} is pinned."

    _decide(run, said)


@topics.command()
@click.argument("topic")
@click.pass_obj
def unpin(run: Run, topic: str) -> None:
    """Put a pinned TOPIC back where its numbers put it."""

    def said(session: Session) -> tuple[str, Callable[[Curation], Curation], str]:
        found = session.store.topics().find(topic)
        return f"unpinned {found}", lambda now: now.unpin(found), f"{found} is not pinned any more."

    _decide(run, said)


@topics.command()
@click.pass_obj
def undo(run: Run) -> None:
    """Take back the newest decision; again for the one before."""
    with run.filled() as session:
        session.refuse_past(_DEED)
        print_line(f"Taken back: {session.store.undo()}.")
