"""``klout-tui score``: the score, what it is made of, how it went, and the models there are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from klout_tui.cli.beginning import nothing_yet
from klout_tui.cli.printing import print_json, print_line, print_table, say
from klout_tui.cli.running import Run

if TYPE_CHECKING:
    from klout_tui.domain.score.behind import Behind
    from klout_tui.domain.score.explain import Explanation
    from klout_tui.domain.score.look import Look
    from klout_tui.domain.score.model import Model
    from klout_tui.domain.score.wording import Naming
    from klout_tui.scoring import Scoring
    from klout_tui.session import Session


@click.command(
    epilog="\b\nExamples:\n"
    "  klout-tui score\n"
    "  klout-tui score --explain\n"
    "  klout-tui score --explain --from 30d\n"
    "  klout-tui score --from 2026-01-01 --to 2026-03-31 --json\n"
    "  klout-tui score --model mine.toml --compare",
)
@click.option("--explain", is_flag=True, help="What it is made of; with --from, what made the difference since.")
@click.option("--from", "first", metavar="D", help="First local day: 2026-11-23, yesterday, 30d, 4w.")
@click.option("--to", "last", metavar="D", help="Last local day; today where it is left out.")
@click.option(
    "--model", "model_name", metavar="FILE", help="Another scoring model: a TOML file, or one --models names."
)
@click.option("--compare", is_flag=True, help="The model in use beside that of --model, over all of the past.")
@click.option("--models", "list_models", is_flag=True, help="The models there are.")
@click.option("--use", "wanted", metavar="MODEL", help="Use another of the models from now on.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def score(
    run: Run,
    explain: bool,
    first: str | None,
    last: str | None,
    model_name: str | None,
    compare: bool,
    list_models: bool,
    wanted: str | None,
    as_json: bool,
) -> None:
    """Your score, 1 to 100, with what is usual for you.

    If you ask, also everything it is made of.

    With --from or --to the history day by day; gaps are days on which nothing was read. docs/score.md says how it is
    computed. All of the past is always computed by one model; a new one is used only when you say so, with --use.
    """
    from klout_tui.errors import UsageError

    if compare and model_name is None:
        raise UsageError("--compare needs a model to compare with", hint="Name one: --model FILE.")
    with run.filled() as session:
        scoring = session.scoring()
        if wanted is not None:
            session.refuse_past("choose a model")
            scoring.choose(wanted)
            print_line(f"{scoring.model().title} is used from now on, for all of the past too.")
            return
        if list_models:
            _models(scoring, as_json=as_json)
            return
        other = None if model_name is None else _model(scoring, model_name)
        if compare and other is not None:
            _compare(scoring, other, as_json=as_json)
        else:
            page = _Page(session, scoring if other is None else scoring.under(other), as_json=as_json)
            begin, end = page.span(first, last)
            if explain and begin is not None:
                page.change(begin, end)
            elif explain:
                page.explained(end)
            elif first is not None or last is not None:
                page.history(begin, end)
            else:
                page.headline()
        if not as_json:
            _say_news(scoring)


class _Page:
    """One answer about one model's score."""

    def __init__(self, session: Session, scoring: Scoring, *, as_json: bool) -> None:
        from klout_tui.domain.score.wording import names

        self._session, self._scoring, self._as_json = session, scoring, as_json
        self._naming: Naming = names(account.id for account in session.store.accounts(unlinked=True))

    def span(self, first: str | None, last: str | None) -> tuple[date | None, date]:
        from klout_tui.domain.days import Days
        from klout_tui.errors import UsageError
        from klout_tui.output.span import parse_day

        today = Days(self._session.zone).of(self._session.now())
        begin = None if first is None else parse_day(first, today)
        end = today if last is None else min(parse_day(last, today), today)
        if begin is not None and begin > today:
            raise UsageError(f"{begin} has not been yet", hint=f"Today is {today}.")
        if begin is not None and begin > end:
            raise UsageError(f"the span ends ({end}) before it begins ({begin})", hint="Swap --from and --to.")
        return begin, end

    def headline(self) -> None:
        from klout_tui.domain.score import wording
        from klout_tui.output import jsonform, scoring
        from klout_tui.store.calm import calm

        look = self._scoring.look()
        if self._as_json:
            content = scoring.score_content(look, self._scoring.explanation(look.day))
            print_json([jsonform.single("score", content)])
            return
        hidden = calm(self._session.store)
        print_line(wording.headline(look, calm=hidden))
        self._say_what_is_missing(look)
        if look.standing is not None and (told := wording.rests_on(look.standing, self._naming)):
            print_line(told)
        if hidden:
            say("note", "Calm mode hides the number; klout-tui score --explain shows it.")
        else:
            self._scoring.keep(look)

    def explained(self, day: date) -> None:
        from klout_tui.domain.score import wording
        from klout_tui.output import jsonform, scoring

        why = self._scoring.why(day, with_usual=True)
        if self._as_json:
            print_json([jsonform.single("score", scoring.score_content(why.look, why.explanation))])
            return
        print_line(wording.headline(why.look))
        told = why.explanation
        if told is None:
            self._say_what_is_missing(why.look)
            return
        if why.look.standing is not None and (words := wording.rests_on(why.look.standing, self._naming)):
            print_line(words)
        print_line(f"By {self._scoring.model().title}, as of {told.day}.")
        click.echo()
        print_table(scoring.parts(told, self._naming))
        click.echo()
        print_table(scoring.behind_numbers(told, self._naming))
        least = min(told.own, key=lambda own: own.score, default=None)
        if least is not None and len(told.own) > 1:
            print_line(wording.alone(least.score, told.score, self._naming(least.account)))
        if why.changes:
            click.echo()
        for name, change in why.changes:
            print_line(wording.changed(change, self._naming, since=name))
        click.echo()
        for sentence in scoring.sentences(why.fading, why.moves, self._naming):
            print_line(sentence)
        click.echo()
        print_table(scoring.behind(self._behind(told), self._naming))
        if why.look.day == why.look.today:
            self._scoring.keep(why.look)

    def _behind(self, told: Explanation) -> list[Behind]:
        """The people and posts behind each part; titles of posts that are not public stay inside the app."""
        from klout_tui.domain.score.behind import without_titles
        from klout_tui.output.scoring import NAMED

        found = []
        for own in told.own:
            for part in self._scoring.behind(own.account, told.day).values():
                shown = [each.id for each in part.posts[:NAMED]]
                posts = ((each, self._session.store.post(each)) for each in shown)
                found.append(without_titles(part, {each for each, post in posts if post is None or not post.public}))
        return found

    def change(self, begin: date, end: date) -> None:
        from klout_tui.domain.score import wording
        from klout_tui.output import jsonform, scoring

        change = self._scoring.change(begin, end)
        if change is None:
            if self._as_json:
                print_json([jsonform.single("change", scoring.no_change(begin, end, self._scoring.model().name))])
            else:
                print_line(wording.NONE_YET)
        elif self._as_json:
            print_json([jsonform.single("change", scoring.change_content(change))])
        else:
            print_line(wording.changed(change, self._naming))
            if change.contributions:
                click.echo()
                print_table(scoring.changes(change, self._naming))

    def history(self, begin: date | None, end: date) -> None:
        from klout_tui.output import jsonform, scoring

        points = self._scoring.points(begin, end)
        if self._as_json:
            print_json(jsonform.document("scores", map(scoring.point_row, points)))
        elif points:
            print_table(scoring.history(points))
        else:
            hint = nothing_yet(self._session) or "klout-tui refresh looks for what is new."
            say("nothing", f"There is no score on these days. {hint}")

    def _say_what_is_missing(self, look: Look) -> None:
        """How to come by a score, where there is none."""
        if look.score is None:
            hint = nothing_yet(self._session)
            say("note", hint or "It comes with the first reaction to anything of yours; klout-tui refresh looks.")


def _model(scoring: Scoring, name: str) -> Model:
    from klout_tui.scoremodels import read_file

    known = [each.id for each in scoring.models.offered()]
    return scoring.models.get(name) if name in known else read_file(Path(name))


def _compare(scoring: Scoring, other: Model, *, as_json: bool) -> None:
    from klout_tui.domain.score import wording
    from klout_tui.output import jsonform
    from klout_tui.output import scoring as form

    told = scoring.compare(other)
    if as_json:
        content = form.comparison_content(told.one, told.other, told.comparison, told.days)
        print_json([jsonform.single("comparison", content)])
        return
    if told.comparison is None:
        print_line(wording.NONE_YET)
        return
    one, another = told.comparison.one, told.comparison.other
    print_line(f"{told.one}: {wording.points(one.score)}. {told.other}: {wording.points(another.score)}.")
    if told.comparison.steps:
        click.echo()
        print_table(form.steps(told.comparison))
    click.echo()
    print_table(form.beside(told.one, told.other, told.days))


def _models(scoring: Scoring, *, as_json: bool) -> None:
    from klout_tui.output import jsonform
    from klout_tui.output import scoring as form

    offered, chosen = scoring.models.offered(), scoring.chosen()
    if as_json:
        print_json(jsonform.document("models", (form.model_row(each, chosen) for each in offered)))
    else:
        print_table(form.models(offered, chosen))


def _say_news(scoring: Scoring) -> None:
    """A model that cannot be used, always; a new one, once."""
    scoring.model()
    if scoring.problem:
        say("note", scoring.problem)
    news = scoring.announcement()
    if news is not None:
        say("note", f"There is a new scoring model, {news.title}. It is not used unless you say so.")
        say("hint", f"See it beside yours: klout-tui score --compare --model {news.id}")
        say("hint", f"Use it from now on: klout-tui score --use {news.id}")
        scoring.announced()
