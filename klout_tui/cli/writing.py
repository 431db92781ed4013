"""``klout-tui allow-writing``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from klout_tui.cli.linking import token_from
from klout_tui.cli.printing import print_line, say
from klout_tui.cli.running import Run, wait
from klout_tui.errors import KloutError, UsageError

if TYPE_CHECKING:
    from klout_tui.domain.model import Account
    from klout_tui.networks.base import Grant, Network
    from klout_tui.networks.writing import Writer
    from klout_tui.session import Session


@click.command(
    name="allow-writing",
    short_help="Allow klout-tui to write as ACCOUNT what you send.",
    epilog="\b\nExamples:\n"
    "  klout-tui allow-writing alice@example.social\n"
    "  klout-tui allow-writing bluesky:did:plc:…\n"
    "  klout-tui allow-writing alice --token-stdin < token.txt\n"
    "  klout-tui allow-writing alice --off",
)
@click.argument("account")
@click.option("--off", is_flag=True, help="Allow it no longer; what may write is revoked and deleted.")
@click.option("--token-stdin", is_flag=True, help="Read a token that may write from stdin, instead of logging in.")
@click.option("--token-env", metavar="NAME", help="Take that token from this environment variable, now, and keep it.")
@click.pass_obj
def allow_writing(run: Run, account: str, off: bool, token_stdin: bool, token_env: str | None) -> None:
    """Allow klout-tui to write as ACCOUNT: thank-yous and +K that you have read, edited and sent yourself.

    It is off until you say this, for one account at a time. Where the network has it (Mastodon), writing takes a login
    of its own, and the one that reads stays unable to write; a Bluesky app password can always write, so there this is
    klout-tui's own switch. Nothing is ever sent by itself.
    """
    with run.session(deed="allow writing") as session:
        from klout_tui.networks.optional import writer_of
        from klout_tui.worker.permission import Pen

        if run.demo:
            wait(session.prepare())
        found = session.account(account, unlinked=False)
        pen = Pen(
            session.store,
            session.networks,
            session.secrets,
            session.settings,
            transport=session.transport,
            clock=session.clock,
        )
        if off:
            for note in wait(pen.forbid(found)):
                say("note", note)
            print_line(f"{found.id}: klout-tui writes no more as {found.handle}.")
            return
        network = session.networks.get(found.network)
        writer = writer_of(network)
        token = token_from(token_stdin, token_env, login=False)
        if writer is None:
            raise UsageError(
                f"klout-tui cannot write on {network.title}", hint="There, texts are copied and the page is opened."
            )
        say("note", writer.says)
        if writer.own_token and token is None and writer.login is not None:
            grant = wait(_log_in(found, network, writer, session))
            try:
                wait(pen.allow(found, grant))
            except KloutError:
                _give_back(grant, found, network, writer, session)
                raise
        else:
            wait(pen.allow(found, token=token))
        print_line(f"{found.id}: klout-tui may write as {found.handle} what you send, and nothing else.")
        print_line(f"To take that back: klout-tui allow-writing {found.id} --off")


async def _log_in(account: Account, network: Network, writer: Writer, session: Session) -> Grant:
    from klout_tui.cli.loggingin import Words, on_terminal
    from klout_tui.networks.base import LinkRequest
    from klout_tui.worker.login import browser_here, log_in

    opens = on_terminal() and browser_here()
    return await log_in(
        LinkRequest(account.handle, account.base_url),
        network,
        Words(network.title, opens=opens),
        login=writer.login,
        settings={},
        redirects=opens,
        transport=session.transport,
        clock=session.clock,
    )


def _give_back(grant: Grant, account: Account, network: Network, writer: Writer, session: Session) -> None:
    from klout_tui.worker.giving_back import give_back

    work = give_back(
        grant, network, account.base_url, login=writer.login, transport=session.transport, clock=session.clock
    )
    for note in wait(work):
        say("note", note)
