from pathlib import Path

from klout_tui_aviary import Aviary

from klout_tui.networks.base import LinkRequest
from klout_tui.testing import NetworkContract


class TestAviary(NetworkContract):
    network = Aviary()
    request = LinkRequest(target="wren")
    recordings = Path(__file__).parent / "recordings"
