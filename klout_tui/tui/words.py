"""What only the screens say: one mark for each way an account may be doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from klout_tui.domain.dashboard import Standing

STANDING_MARK: Final[Mapping[Standing, str]] = {
    Standing.OK: "●",
    Standing.NEVER: "○",
    Standing.TOKEN: "!",
    Standing.LIMITED: "◐",
    Standing.DOWN: "✗",
    Standing.PAUSED: "‖",
    Standing.PAST: "·",
}
