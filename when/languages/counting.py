"""Builds the long rows of number words."""

from collections.abc import Mapping


def count(row: str, start: int = 0) -> dict[int, str]:
    """ "zero|one|two" becomes {0: "zero", 1: "one", 2: "two"}."""
    return {number: forms.strip() for number, forms in enumerate(row.split("|"), start)}


def compound(
    tens: Mapping[int, str], ones: Mapping[int, str], shape: str = "{ten}_{one}"
) -> dict[int, str]:
    """Every ten with every one: "twenty_one", "einundzwanzig", "veinte y uno"."""
    return {
        ten + one: " ".join(
            shape.format(ten=ten_form, one=one_form)
            for ten_form in ten_forms.split()
            for one_form in one_forms.split()
        )
        for ten, ten_forms in tens.items()
        for one, one_forms in ones.items()
        if 1 <= one <= 9
    }
