"""Runs commands in one process, with invented networks and a clock that stands still."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import httpx
from click.testing import CliRunner, Result

from klout_tui.cli import main
from klout_tui.cli.running import Tools
from klout_tui.networks.base import Network
from klout_tui.networks.registry import Registry
from klout_tui.session import Session
from tests.conftest import FrozenClock
from tests.town import Town


class Shell:
    """``shell("show", "posts")`` runs ``klout-tui show posts`` and gives its result."""

    def __init__(
        self,
        clock: FrozenClock,
        *more: Network,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.clock = clock
        networks = Registry({network.name: network for network in (Town(), *more)})
        opener = partial(Session.open, clock=clock, networks=networks, transport=transport)
        self._tools = Tools(opener, clock, lambda: networks)

    def __call__(self, *arguments: str, stdin: str | None = None, env: dict[str, str] | None = None) -> Result:
        result = CliRunner().invoke(main, list(arguments), obj=self._tools, input=stdin, env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *arguments: str) -> Any:
        """What the command prints with ``--json``; it must succeed and say nothing else."""
        result = self(*arguments, "--json")
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return json.loads(result.stdout_bytes)
