"""Figures, their targets, and the table on the terminal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

WIDTHS = (46, 12, 9, 34, 13)


@dataclass(frozen=True)
class Figure:
    """One measured value, beside a baseline from the same run.

    `against` names the baseline. `most` and `least` are targets in `unit`.
    """

    what: str
    value: float
    unit: str
    baseline: float | None = None
    against: str = ""
    most: float | None = None
    least: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline if self.baseline else None

    @property
    def is_reached(self) -> bool | None:
        """Return whether the target is reached; None without a target."""
        if self.most is None and self.least is None:
            return None
        is_low_enough = self.most is None or self.value <= self.most
        return is_low_enough and (self.least is None or self.value >= self.least)


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile."""
    cuts = quantiles(values, n=100)
    return cuts[49], cuts[98]


def print_table(name: str, figures: Iterable[Figure]) -> None:
    _print_row(name, "value", "ratio", "to", "mark")
    for figure in figures:
        ratio = figure.ratio
        baseline = f"{figure.against} ({_amount(figure.baseline, figure.unit)})"
        _print_row(
            f"  {figure.what}",
            _amount(figure.value, figure.unit),
            "" if ratio is None else f"{ratio:.3g} x",
            "" if ratio is None else baseline,
            _mark(figure),
        )


def _print_row(*cells: str) -> None:
    what, value, ratio, to, mark = WIDTHS
    columns = (f"<{what}", f">{value}", f">{ratio}", f"<{to}", f"<{mark}")
    line = "  ".join(f"{cell:{width}}" for cell, width in zip(cells, columns, strict=True))
    print(line.rstrip())


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".rstrip()


def _mark(figure: Figure) -> str:
    if figure.is_reached is None:
        return ""
    limit = figure.most if figure.most is not None else figure.least
    sign = "<=" if figure.most is not None else ">="
    return f"{'ok ' if figure.is_reached else 'NOT'} {sign} {_amount(limit, figure.unit)}"
