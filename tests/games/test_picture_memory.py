"""The worst pictures, decoded in a process whose memory is watched."""

import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import PIL.Image
import pytest

# Prints what became of the picture, the megabytes it took and the seconds.
WATCHED = """
import django, io, json, re, sys, time
django.setup(set_prefix=False)
from pathlib import Path
import PIL.Image
PIL.Image.init()
from games.pictures import shrunk
from guilds.errors import Refused

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

data = Path(sys.argv[1]).read_bytes()
before, began = peak(), time.perf_counter()
try:
    made = f"{len(shrunk(io.BytesIO(data)))} bytes"
except Refused as refused:
    made = refused.message
print(json.dumps([made, peak() - before, time.perf_counter() - began]))
"""
SIDE = 3464  # just under 12 million pixels
MOST_MB = 330


def saved(kind: str, mode: str, side: int, **options: object) -> bytes:
    out = io.BytesIO()
    PIL.Image.new(mode, (side, side)).save(out, kind, **options)
    return out.getvalue()


def animation(kind: str, side: int, frames: int = 4) -> bytes:
    out = io.BytesIO()
    all_of_them = [PIL.Image.new("RGB", (side, side), (number, 0, 0)) for number in range(frames)]
    all_of_them[0].save(out, kind, save_all=True, append_images=all_of_them[1:])
    return out.getvalue()


def jpeg_of_many_passes() -> bytes:
    """Return a progressive JPEG whose passes are repeated: each goes through all pixels."""
    data = saved("JPEG", "RGB", SIDE, progressive=True)
    first = data.index(b"\xff\xda")
    second = data.index(b"\xff\xda", first + 2)
    return data[:second] + data[first:second] * 200 + data[second:]


def png_text_bomb() -> bytes:
    png = saved("PNG", "L", 10)
    body = b"Comment\0\0" + zlib.compress(b"\0" * 60_000_000, 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body
    return png[:33] + chunk + struct.pack(">I", zlib.crc32(b"zTXt" + body)) + png[33:]


LARGEST = {
    "png": lambda: saved("PNG", "RGBA", SIDE),
    "grey png": lambda: saved("PNG", "I;16", SIDE),
    "palette png": lambda: saved("PNG", "P", SIDE),
    "jpeg": lambda: saved("JPEG", "RGB", SIDE),
    "progressive jpeg": lambda: saved("JPEG", "CMYK", SIDE, progressive=True),
    "gif": lambda: saved("GIF", "P", SIDE),
    "webp": lambda: saved("WEBP", "RGBA", SIDE, lossless=True),
    "moving gif": lambda: animation("GIF", SIDE),
    "moving webp": lambda: animation("WEBP", SIDE),
    "moving png": lambda: animation("PNG", SIDE),
}
REFUSED = {
    "webp of 40 million": lambda: saved("WEBP", "RGBA", 6324, lossless=True, quality=0, method=0),
    "png of 40 million": lambda: saved("PNG", "RGBA", 6324),
    "gif of 40 million": lambda: saved("GIF", "P", 6324),
    "jpeg of 40 million": lambda: saved("JPEG", "RGB", 6324),
    "jpeg of many passes": jpeg_of_many_passes,
}


def watched(data: bytes, folder: Path) -> tuple[str, int, float]:
    path = folder / "picture"
    path.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(path)], capture_output=True, check=True, text=True
    )
    made, took, seconds = json.loads(done.stdout.splitlines()[-1])
    return made, took, seconds


@pytest.mark.parametrize("what", LARGEST)
def test_the_largest_picture_takes_bounded_memory(what: str, tmp_path: Path) -> None:
    made, took, _seconds = watched(LARGEST[what](), tmp_path)
    assert made.endswith("bytes")
    assert took < MOST_MB, took


@pytest.mark.parametrize("what", REFUSED)
def test_a_larger_one_is_refused_before_it_is_decoded(what: str, tmp_path: Path) -> None:
    made, took, seconds = watched(REFUSED[what](), tmp_path)
    assert made.endswith(".")
    assert took < 30, took
    assert seconds < 3


def test_a_comment_that_unfolds_takes_no_memory(tmp_path: Path) -> None:
    _made, took, _seconds = watched(png_text_bomb(), tmp_path)
    assert took < 90, took
