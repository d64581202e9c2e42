"""Writes test/recorded/event_files.json: an event file of ours, and what TensorBoard's own reader finds in it.

    pip install tensorboard; npm run record -- event_files
"""

import base64
import json
import subprocess
import tempfile
from pathlib import Path

from google.protobuf.json_format import MessageToDict
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

ROOT = Path(__file__).parent.parent.parent
with tempfile.TemporaryDirectory() as folder:
    program = ["node", "--import", "tsx", "--conditions=source", "test/train/events.ts", folder]
    path = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    events = [MessageToDict(event, preserving_proto_field_name=True) for event in EventFileLoader(path).Load()]
    board = EventAccumulator(folder, size_guidance={"histograms": 0})
    board.Reload()
    tags = {kind: found for kind, found in board.Tags().items() if found}
    content = {"bytes": base64.b64encode(Path(path).read_bytes()).decode(), "records": events, "tags": tags}
(ROOT / "test" / "recorded" / "event_files.json").write_text(json.dumps(content, indent=1) + "\n")
