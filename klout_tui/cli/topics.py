"""``klout-tui topics``: what posts and reactions are about, and what she decides about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from klout_tui.cli.printing import print_json, print_line, print_table, say
from klout_tui.cli.running import Run
from klout_tui.errors import KloutError, UsageError

if TYPE_CHECKING:
    from klout_tui.domain.curation import Curation
    from klout_tui.domain.ontology import ListedTopic
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
    from klout_tui.domain.topics import gap
    from klout_tui.output.topiclist import Listed

    hers = session.store.topics()
    table = topic_table_of(session, Query(None, span_of(session, None, None), private=False))
    weight = _weights(history_of(session))
    weight.update({row.topic: 0 for row in table.rows if row.topic not in weight})
    everything = sorted(weight, key=lambda topic: (-weight[topic], topic))
    return Listed(
        rows=table.rows,
        topics=hers,
        gap=gap(table),
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


@topics.command(
    epilog="\b\nExamples:\n"
    "  klout-tui topics use ~/opendata/ontology    a folder with Klout's CSV files, or others of that form\n"
    "  klout-tui topics use --builtin              back to klout-tui's own short list"
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--builtin", "own", is_flag=True, help="Use klout-tui's own list.")
@click.option("--none", "bare", is_flag=True, help="Use no list: topics are what tags say.")
@click.pass_obj
def use(run: Run, folder: Path | None, own: bool, bare: bool) -> None:
    """Read a list of topics from the CSV files in FOLDER: what belongs to what, and how it is called.

    Klout published such a list. Tags that are written for one of its topics are that topic then; what you decided
    yourself goes on holding. The files are not needed any more afterwards. Without anything: which list is in use.
    """
    if (folder is not None) + own + bare > 1:
        raise UsageError("one list at a time: a FOLDER, --builtin or --none")
    with run.filled() as session:
        if folder is None and not own and not bare:
            print_line(_in_use(session))
            return
        session.refuse_past(_DEED)
        _use(session, folder.expanduser() if folder is not None else None, bare=bare)
        print_line(_in_use(session))


@topics.command()
@click.option("--again", is_flag=True, help="Also for posts looked at before, by the topics you have now.")
@click.pass_obj
def guess(run: Run, again: bool) -> None:
    """Guess what posts without tags are about, from their words.

    A refresh does so for what it brings. Guesses are marked with ~ wherever they count; guess_topics = false in
    settings.toml leaves them out.
    """
    with run.filled() as session:
        session.refuse_past(_DEED)
        from klout_tui.store.guessing import guessing

        looked = sum(guessing(session.store, again=again))
        print_line(f"{looked:,} posts without tags were looked at.")


def _use(session: Session, folder: Path | None, *, bare: bool) -> None:
    from klout_tui.store import ontology

    before = session.store.topics().lexicon
    if folder is not None:
        from klout_tui.domain.ontology import packed

        found, about = _read(folder)
        data = packed(found, about)
        chosen: str | None = f"{about['source']}, {session.now():%Y-%m-%d %H:%M:%S} UTC"
    else:
        data, chosen = None, ontology.NONE if bare else None
    if before is not None:
        session.store.curate("kept decisions through another list of topics", lambda now: now.anchored(before.forms))
    session.store.use_topics(chosen, data)


def _read(folder: Path) -> tuple[tuple[ListedTopic, ...], dict[str, str]]:
    """The topics in a folder's CSV files, and what is to be told of them.

    Raises:
        KloutError: there are none, or one cannot be read or understood.
    """
    from klout_tui.domain.topiccsv import read_csv

    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.csv")):
        try:
            texts[path.name] = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise KloutError(f"{path.name}, line {line}: not UTF-8 text", hint="Save it as UTF-8.") from error
        except OSError as error:
            raise KloutError(f"{path} cannot be read: {error.strerror}", hint="Check who may read it.") from error
    if not texts:
        raise KloutError(f"there are no CSV files in {folder}", hint="Name the folder that holds them.")
    about = {"source": str(folder.name), "files": ", ".join(texts)}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.stem.casefold() in _LICENCES:
            first = path.read_bytes()[:4000].decode("utf-8", "replace").strip().partition("\n")[0]
            about[path.stem.casefold()] = first[:200]
    return read_csv(texts), about


_LICENCES = frozenset({"license", "licence", "attribution", "notice", "copying"})
"""Names of files whose first line is kept, so that whoever made the list stays named."""


def _in_use(session: Session) -> str:
    lexicon = session.store.topics().lexicon
    if lexicon is None:
        return "No list of topics is in use: topics are what tags say."
    about = lexicon.about
    named = "; ".join(f"{key}: {value}" for key, value in about.items() if key not in ("source", "files"))
    return f"{len(lexicon):,} topics, from {about.get('source', '?')}{f' ({named})' if named else ''}."
