"""What the worker's threads must leave to the import: msgspec crashes where two threads first meet a type at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WATCHED = """
import sys, threading
met = set()
def watch(frame, event, arg):
    if event == "call" and frame.f_code.co_name == "get_class_annotations" and "msgspec" in frame.f_code.co_filename:
        met.add(str(frame.f_locals["obj"]))
threading.setprofile(watch)
from tests.worker.refresh_once import main
import asyncio
code = asyncio.run(main(sys.argv[1], "demo", "2026-11-23T08:15:22+00:00"))
outside_the_demo = sorted(each for each in met if "klout_tui.demo." not in each)  # that is made under a lock
print("first met in a thread:", outside_the_demo)
sys.exit(code)
"""


def test_no_thread_is_the_first_to_meet_a_type(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WATCHED, str(tmp_path / "store")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "first met in a thread: []"
