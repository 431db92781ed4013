"""``klout-tui refresh``: one headless round of the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from klout_tui.cli.printing import FAILED, print_json, print_table, say
from klout_tui.cli.running import Run, progress, wait

if TYPE_CHECKING:
    from klout_tui.session import Session


@click.command(
    epilog="\b\nExamples:\n  klout-tui refresh\n  klout-tui refresh alice --json\n"
    "  0 * * * * klout-tui refresh          (a line for cron)",
)
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def refresh(ctx: click.Context, accounts: tuple[str, ...], as_json: bool) -> None:
    """Fetch what is new: one round, of all accounts or some.

    Exits with 0 when all went well, with 1 when an account failed. Accounts paused in the settings are skipped
    unless named.
    """
    run: Run = ctx.obj
    with run.session(deed="fetch anything") as session:
        from klout_tui.output import jsonform, listing

        if run.demo:
            wait(session.prepare())
        linked = [account.id for account in session.store.accounts()]
        chosen = [session.account(each, unlinked=False).id for each in accounts] or None
        begun = session.now()
        with progress(len(chosen or linked), "refreshing") as report:
            results = wait(session.worker().refresh(chosen, report=report))
        if as_json:
            rows = [
                jsonform.refresh_row(
                    result.account,
                    result.status,
                    new_posts=result.new_posts,
                    new_interactions=result.new_interactions,
                    requests=result.requests,
                    seconds=result.seconds,
                    fault=result.fault,
                )
                for result in results
            ]
            print_json([jsonform.single("refresh", jsonform.refresh_content(begun, session.now(), rows))])
        elif results:
            print_table(
                listing.refreshes(
                    (
                        result.account,
                        result.status,
                        result.new_posts,
                        result.new_interactions,
                        result.requests,
                        result.seconds,
                        result.fault,
                    )
                    for result in results
                )
            )
            for result in results:
                if result.status == "failed" and result.fault is not None and result.fault.hint:
                    say("hint", f"{result.account}: {result.fault.hint}")
                if result.fault is not None and result.fault.kind == "credential":
                    say("hint", f"{result.account}: {_mending(session, result.account)}")
        else:
            say("note", listing.EMPTY["accounts"])
    if any(result.status == "failed" for result in results):
        ctx.exit(FAILED)


def _mending(session: Session, account_id: str) -> str:
    """The command that gives the account a new credential, with a login where one is to be had."""
    from klout_tui.cli.loggingin import mending
    from klout_tui.networks.registry import Broken
    from klout_tui.worker.login import why_no_login

    account = session.account(account_id)
    network = session.networks.look(account.network) if account.network in session.networks else None
    if network is None or isinstance(network, Broken) or why_no_login(network, session.settings):
        return mending(account, None)
    return mending(account, network)
