"""The house style: every colour, size and font that figures, pages and notebooks share.

Chosen to hold for colour-blind readers and in grey: no chart tells two states apart by colour alone.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

__all__ = [
    "ACCENT",
    "ALERT",
    "ALERT_TINT",
    "BAND",
    "FONT_FAMILIES",
    "FONT_STACK",
    "GRID",
    "INK",
    "MUTED",
    "PAPER",
    "RULE",
    "SEQUENCE",
    "SIZE_LABEL",
    "SIZE_NOTE",
    "SIZE_VALUE",
    "TEXT_WIDTH",
    "css_variables",
    "font_file",
    "font_folder",
    "matplotlib_rc",
    "use_house_style",
]

ACCENT = "#0B5C8A"
"""The one accent: data, links, the running head."""
INK = "#1A1A1A"
"""Text."""
MUTED = "#5F6B76"
"""Secondary text: 5.5 to 1 on paper, above the 4.5 that readers with low vision need."""
RULE = "#D5DAE0"
"""Rules and axis lines."""
GRID = "#E9ECEF"
"""Grid lines, lighter than rules."""
PAPER = "#FFFFFF"
"""The ground of pages and figures."""
ALERT = "#B3401F"
"""What needs attention: points outside limits, steps that took far longer than usual. Always with a shape or a word."""
ALERT_TINT = "#F8E9E3"
"""The ground of a span that needs attention, such as the window in which a change began."""
BAND = "#E3ECF2"
"""The ground of a usual range: the accent at about a tenth."""
SEQUENCE = (ACCENT, "#D98E2B", "#7B3F61", "#79C7B8", "#5A4A1F", "#C3C8CE")
"""Colours for categories, in order; neighbours differ by lightness, so they hold in grey."""

FONT_FAMILIES = ("Source Sans 3", "Source Sans Pro", "Helvetica Neue", "Arial", "sans-serif")
"""Families in order of preference; PDFs resolve the second, which the font package brings."""
FONT_STACK = ", ".join(f"'{family}'" if " " in family else family for family in FONT_FAMILIES)
"""`FONT_FAMILIES` as CSS and SVG write it."""

TEXT_WIDTH = 482.0
"""The width of a text column in points: 170 mm."""
SIZE_LABEL = 9.0
"""Points: row labels and annotations."""
SIZE_VALUE = 8.5
"""Points: tick labels and values beside a chart."""
SIZE_NOTE = 8.0
"""Points: axis names, keys and column heads."""


@lru_cache(maxsize=1)
def font_folder() -> Path:
    """Return the folder of the Source Sans Pro package, which Typst is given too."""
    import font_source_sans_pro

    return Path(font_source_sans_pro.font_directory or Path(font_source_sans_pro.__file__).parent / "files")


def font_file(*, bold: bool = False, italic: bool = False) -> Path:
    """Return the TrueType file of one face; bold is the semibold, which sits better in small sizes."""
    face = {(False, False): "Regular", (True, False): "Semibold", (False, True): "It", (True, True): "SemiboldIt"}
    return font_folder() / f"SourceSansPro-{face[bold, italic]}.ttf"


def css_variables(prefix: str = "rca") -> str:
    """Return the tokens as CSS custom properties, to stand within a rule.

    >>> css_variables().splitlines()[0]
    '--rca-accent: #0B5C8A;'
    """
    tokens = {
        "accent": ACCENT,
        "ink": INK,
        "muted": MUTED,
        "rule": RULE,
        "grid": GRID,
        "paper": PAPER,
        "alert": ALERT,
        "alert-tint": ALERT_TINT,
        "band": BAND,
        "font": FONT_STACK,
    }
    return "\n".join(f"--{prefix}-{name}: {value};" for name, value in tokens.items())


def matplotlib_rc() -> dict[str, Any]:
    """Return the matplotlib settings of the house style."""
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": RULE,
        "axes.facecolor": "none",
        "axes.grid": False,
        "axes.labelcolor": MUTED,
        "axes.labelsize": SIZE_NOTE,
        "axes.linewidth": 0.8,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titleweight": "semibold",
        "axes.titlelocation": "left",
        "figure.facecolor": "none",
        "font.size": SIZE_LABEL,
        "grid.color": GRID,
        "grid.linewidth": 0.7,
        "lines.linewidth": 1.4,
        "savefig.facecolor": "none",
        "svg.fonttype": "none",
        # Without it "$" in a user's label would start a formula.
        "text.parse_math": False,
        "text.color": INK,
        "xtick.color": RULE,
        "xtick.labelcolor": MUTED,
        "xtick.labelsize": SIZE_VALUE,
        "ytick.color": RULE,
        "ytick.labelcolor": MUTED,
        "ytick.labelsize": SIZE_VALUE,
    }


def use_house_style() -> None:
    """Give an analyst's own seaborn and matplotlib charts in this kernel the house style, font included."""
    import matplotlib as mpl
    import seaborn as sns
    from matplotlib import font_manager

    for bold in (False, True):
        font_manager.fontManager.addfont(str(font_file(bold=bold)))
    paper = {"figure.facecolor": PAPER, "savefig.facecolor": PAPER, "axes.facecolor": PAPER}
    sns.set_theme(style="white", palette=SEQUENCE, font="Source Sans Pro", rc=matplotlib_rc() | paper)
    mpl.rcParams["axes.grid"] = True
