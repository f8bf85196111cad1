"""No case is left out silently."""

import re
from pathlib import Path

CASES = [
    1, 2, 3, 5, 7, 8, 10, 12, 15, 17, 19, 20, 22, 23, 24,
    26, 27, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
    39, 42, 43, 44, 45, 47, 48, 49, 50,
    51, 54, 55, 56, 57, 58, 60, 61, 65, 66, 67, 68, 69, 71, 72, 74, 78, 79, 81, 84, 85,
]  # fmt: skip


def test_every_case_has_a_test_of_its_name() -> None:
    sources = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    found = {int(number) for number in re.findall(r"def test_b(\d\d)_", sources)}
    assert found == set(CASES)
