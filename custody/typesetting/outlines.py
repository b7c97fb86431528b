"""Outlines of glyphs as PDF path operators, for what is drawn without standing for a character."""


class PathPen:
    """Collects an outline as PDF path operators; quadratic curves are raised to cubic ones, which is exact."""

    def __init__(self) -> None:
        self.operators: list[str] = []
        self._at = (0.0, 0.0)

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802  (HarfBuzz calls it so)
        self._add("m", point)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", point)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._add("c", *points)

    def qCurveTo(self, control: tuple[float, float], end: tuple[float, float]) -> None:  # noqa: N802
        first = _between(self._at, control)
        self._add("c", first, _between(end, control), end)

    def closePath(self) -> None:  # noqa: N802
        self.operators.append("h")

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        numbers = (f"{part:.1f}".removesuffix(".0") for point in points for part in point)
        self.operators.append(" ".join([*numbers, operator]))
        self._at = points[-1]


def _between(end: tuple[float, float], control: tuple[float, float]) -> tuple[float, float]:
    """Two thirds of the way from an end of a quadratic curve to its control point."""
    return end[0] + (control[0] - end[0]) * 2 / 3, end[1] + (control[1] - end[1]) * 2 / 3
