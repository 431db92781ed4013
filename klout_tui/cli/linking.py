"""``klout-tui link`` and ``klout-tui unlink``."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from klout_tui.cli.printing import print_json, print_line, say
from klout_tui.cli.running import Run, wait
from klout_tui.errors import UsageError

if TYPE_CHECKING:
    from klout_tui.credentials import NotedSecrets
    from klout_tui.networks.base import Network, Verified
    from klout_tui.session import Session


@click.command(
    epilog="\b\nExamples:\n"
    "  klout-tui link mastodon @alice@example.social\n"
    "  klout-tui link mastodon @alice@example.social --login\n"
    "  klout-tui link mastodon @alice@example.social --token-stdin < token.txt\n"
    "  klout-tui link blog https://example.org --comments-feed https://example.org/comments/feed",
)
@click.argument("network")
@click.argument("target")
@click.option("--base-url", default="", metavar="URL", help="Another server address than the one TARGET implies.")
@click.option("--comments-feed", default="", metavar="URL", help="A blog's comments feed, where it is not found.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="Anything else a network asks for.")
@click.option("--token-stdin", is_flag=True, help="Read a token from stdin; on a terminal, ask for it unseen.")
@click.option("--token-env", metavar="NAME", help="Take the token from this environment variable, now, and keep it.")
@click.option("--login", is_flag=True, help="Get a token by logging in with the browser, where the network offers it.")
@click.option(
    "--token", "--password", "--app-password", "on_the_line", is_flag=False, flag_value="", hidden=True, metavar="NO"
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def link(
    run: Run,
    network: str,
    target: str,
    base_url: str,
    comments_feed: str,
    options: tuple[str, ...],
    token_stdin: bool,
    token_env: str | None,
    login: bool,
    on_the_line: str | None,
    as_json: bool,
) -> None:
    """Link an account: TARGET on NETWORK (mastodon, blog, ...).

    The network is asked at once, and you are told what can be seen with and without a token. A token needs to read
    and nothing more; --login asks for no more than that by itself. Plain http is accepted for this machine's own
    addresses only. Linking again renews the token; without one, the token kept before is dropped.
    """
    if on_the_line is not None:
        raise UsageError(
            "a token or password on the command line can be read by others, and stays in your shell's history",
            hint="Leave it out and say --token-stdin (it is asked for unseen), --token-env NAME or --login. "
            "If you typed a real one just now, better make a new one.",
        )
    with run.session(deed="link an account") as session:
        from klout_tui.credentials import NotedSecrets, overruled
        from klout_tui.networks.base import LinkRequest
        from klout_tui.worker.granted import LoginSecrets
        from klout_tui.worker.linking import link as link_account

        adapter = session.networks.get(network.strip().lower())
        typed = (*options, f"comments_feed={comments_feed}") if comments_feed else options
        request = LinkRequest(target=target, base_url=base_url, options=_answers(adapter, typed))
        token = token_from(token_stdin, token_env, login=login)
        secrets = NotedSecrets(session.secrets)
        if login:
            from klout_tui.cli.loggingin import link_by_login

            granted = wait(link_by_login(request, adapter, session, secrets, as_json=as_json))
            found = granted.verified
            for note in granted.notes:
                say("note", note)
        else:
            found = wait(
                link_account(
                    request,
                    adapter,
                    token,
                    store=session.store,
                    secrets=LoginSecrets(secrets),
                    transport=session.transport,
                    clock=session.clock,
                )
            )
        if secrets.kept and (word := overruled(session.settings, os.environ, found.account.id)):
            say("note", word)
        if as_json:
            from klout_tui.output import jsonform

            seen = found.capabilities
            content = jsonform.link_content(
                found.account, found.profile, seen.sees, seen.misses, secrets.kept, found.hosts
            )
            print_json([jsonform.single("link", content)])
        else:
            _tell(found, adapter, secrets, session)


@click.command(
    short_help="Stop reading ACCOUNT and delete its token.",
    epilog="\b\nExamples:\n  klout-tui unlink mastodon:alice@example.social\n  klout-tui unlink alice --forget",
)
@click.argument("account")
@click.option("--forget", is_flag=True, help="Also delete everything read from it. This changes the past.")
@click.option("--yes", is_flag=True, help="Do not ask before forgetting.")
@click.pass_obj
def unlink(run: Run, account: str, forget: bool, yes: bool) -> None:
    """Stop reading ACCOUNT (its id, its handle, or the beginning of one) and delete its token.

    A token got by --login is revoked, too. What was read stays and keeps counting, unless you --forget it: then it
    goes, and with it your private notes and decisions on people only this account knew. Your notes on days stay,
    without its posts, and so does your log.
    """
    with run.session(deed="unlink an account") as session:
        from klout_tui.domain import wording
        from klout_tui.domain.gratitude import LOG_ACCOUNT
        from klout_tui.worker.granted import part

        if run.demo:
            wait(session.prepare())
        found = session.account(account, unlinked=forget)
        if found.id == LOG_ACCOUNT and not forget:
            raise UsageError("your own log is always there", hint="--forget deletes everything in it.")
        if forget and not yes:
            if not on_terminal():
                raise UsageError("forgetting cannot be undone", hint="Say --yes where nobody can be asked.")
            if found.id != LOG_ACCOUNT:
                say("note", f"{wording.GOES} {wording.STAYS}")
            click.confirm(f"Delete everything of {found.id}? This cannot be undone", abort=True, err=True)
        if found.id == LOG_ACCOUNT:
            session.store.forget(LOG_ACCOUNT)
            print_line("Your log is empty: everything in it is forgotten.")
            return
        parted = wait(
            part(
                found,
                store=session.store,
                secrets=session.secrets,
                networks=session.networks,
                forget=forget,
                transport=session.transport,
                clock=session.clock,
            )
        )
        for note in parted.notes:
            say("note", note)
        if not forget:
            print_line(f"{found.id}: unlinked; what was read stays.")
            return
        print_line(f"{found.id}: forgotten, with all that was read.")
        print_line(wording.STAYS)


def on_terminal() -> bool:
    """Whether there is somebody who can be asked."""
    return sys.stdin.isatty()


def _tell(found: Verified, adapter: Network, secrets: NotedSecrets, session: Session) -> None:
    profile = found.profile
    counts = ((profile.followers, "followers"), (profile.karma, "karma"))
    told = [f"{count:,} {noun}" for count, noun in counts if count is not None]
    about = ", ".join(filter(None, [profile.name, *told]))
    print_line(f"Linked {found.account.id}" + (f" ({about})." if about else "."))
    _list("Seen:", found.capabilities.sees)
    _list("Not seen:", found.capabilities.misses)
    print_line(f"Asked for it: {', '.join(found.hosts)}, and no other host.")
    if secrets.kept:
        print_line(f"The token is kept {secrets.kept}.")
    elif adapter.wants_token:
        print_line(f"No token was given. With one: {adapter.wants_token}")
        from klout_tui.cli.loggingin import mending
        from klout_tui.worker.login import why_no_login

        offered = None if why_no_login(adapter, session.settings) else adapter
        print_line(f"To add one: {mending(found.account, offered)}")
    print_line("Next: klout-tui refresh, or klout-tui for the dashboard.")


def _list(title: str, things: Iterable[str]) -> None:
    for place, thing in enumerate(things):
        if place == 0:
            print_line(title)
        click.echo("  - ", nl=False)
        print_line(thing)


def _answers(adapter: Network, typed: Iterable[str]) -> dict[str, str]:
    """NAME=VALUE pairs as the adapter wants them.

    Raises:
        UsageError: not such a pair, or nothing this network asks for.
    """
    from klout_tui.config import nearest

    answers = {}
    for pair in typed:
        name, equals, value = pair.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or not name:
            raise UsageError("what stands after --option is not NAME=VALUE")  # not repeated: it may be a secret
        if name not in adapter.option_hints:
            guess = nearest(name, adapter.option_hints)
            known = ", ".join(sorted(adapter.option_hints)) or "nothing"
            hint = f"Did you mean {guess}?" if guess else f"It asks for {known}."
            raise UsageError(f"{adapter.title} does not ask for “{name}”", hint=hint)
        answers[name] = value.strip()
    return answers


def token_from(from_stdin: bool, variable: str | None, *, login: bool) -> str | None:
    """The token, from where the user says it is. It is never repeated in an error.

    Raises:
        UsageError: it is not there, or what is there is no token.
    """
    if from_stdin and variable is not None:
        raise UsageError("--token-stdin and --token-env exclude each other", hint="Give one of them.")
    if login:
        if from_stdin or variable is not None:
            raise UsageError("--login gets a token by itself", hint="Leave --token-stdin and --token-env out.")
        return None
    if variable is not None:
        token, place = os.environ.get(variable, ""), f"the environment variable {variable}"
    elif from_stdin:
        token = click.prompt("Token", hide_input=True, err=True) if on_terminal() else sys.stdin.read(64 * 1024)
        place = "stdin"
    else:
        return None
    token = token.strip()
    if re.fullmatch(r"[a-z0-9]{4}( [a-z0-9]{4}){3}", token):  # an app password as some providers show it
        token = token.replace(" ", "")
    if not token:
        raise UsageError(f"{place} holds no token")
    if not re.fullmatch(r"[\x21-\x7e]{1,4096}", token):
        raise UsageError(f"what {place} holds is no token", hint="A token is one word of plain letters and signs.")
    return token
