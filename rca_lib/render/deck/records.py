"""What a deck is made of: slides, and on each the texts, tables and drawings with the place of every one, in points.

A writer draws what stands here and decides nothing, so that a deck is the same in every format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "HEIGHT",
    "SMALLEST",
    "WIDTH",
    "Element",
    "Face",
    "Frame",
    "Grid",
    "GridColumn",
    "Picture",
    "Slide",
    "Text",
    "Words",
]

WIDTH, HEIGHT = 960.0, 540.0
"""The size of a slide in points: 13.33 by 7.5 inches."""
SMALLEST = 12.0
"""Points: no text on a slide is smaller, nor any in a drawing."""

Face = Literal["sans", "semibold", "serif"]
Tone = Literal["ink", "muted", "accent", "alert"]


@dataclass(frozen=True)
class Frame:
    """A rectangle on a slide, from its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """The position of the lower edge."""
        return self.y + self.height


@dataclass(frozen=True)
class Words:
    """One paragraph.

    Attributes
    ----------
    mark : what stands before an item of a list: a bullet, or a number with its dot.
    above : points of space before it.
    breaks : words of so many characters and more may be broken within; 0 if none has to be.
    """

    text: str
    size: float
    face: Face = "sans"
    tone: Tone = "ink"
    mark: str = ""
    above: float = 0.0
    breaks: int = 0


@dataclass(frozen=True)
class Text:
    """Paragraphs in a frame. ``role`` is ``body`` for what the slide is about, else a caption, an intro or a notice."""

    frame: Frame
    words: tuple[Words, ...]
    role: Literal["body", "caption", "intro", "notice"] = "body"


@dataclass(frozen=True)
class GridColumn:
    """A column of a table: its head, its width in points, and the side on which its values stand.

    ``pad`` is how many points of the width stay free beside the words, and ``face`` how these are set.
    """

    label: str
    width: float
    align: Literal["left", "right"] = "left"
    pad: float = 14.0
    face: Face = "sans"

    @property
    def room(self) -> float:
        """The points that words may take."""
        return self.width - self.pad


@dataclass(frozen=True)
class Grid:
    """Rows under columns, in one size of text.

    Attributes
    ----------
    name : what the table is, for readers who can't see it.
    look : ``table``; ``facts``, whose heads are labels; or ``timeline``, whose rows are moments.
    marks : for a timeline, the mark of each moment, as in `rca_lib.review.blocks.Entry`.
    breaks : words of so many characters and more may be broken within; 0 if none has to be.
    """

    frame: Frame
    name: str
    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    size: float
    look: Literal["table", "facts", "timeline"] = "table"
    marks: tuple[str, ...] = ()
    breaks: int = 0


@dataclass(frozen=True)
class Picture:
    """A drawing as SVG text, and the words for those who can't see it."""

    frame: Frame
    svg: str
    alt: str


Element = Text | Grid | Picture


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes
    ----------
    layout : ``cover`` for the first slide, ``divider`` for one that opens a section alone, else ``content``.
    title : the heading, as the block or the section has it.
    part : the number of this slide among those with the same heading in a section, and how many these are.
    section : the heading of the section; empty where it is the title already.
    opens : whether the slide is the first of its section.
    elements : what stands below the title, in reading order.
    notes : what a speaker may want to say or to look up: whole texts, captions and the words for a drawing.
    """

    layout: Literal["cover", "divider", "content"]
    title: str
    title_frame: Frame
    title_size: float
    elements: tuple[Element, ...] = ()
    notes: tuple[str, ...] = ()
    part: tuple[int, int] = (1, 1)
    section: str = ""
    opens: bool = False

    @property
    def suffix(self) -> str:
        r"""What is put after the title to tell slides with the same title apart; its words stay on one line.

        Examples
        --------
        >>> Slide("content", "In short", Frame(0, 0, 9, 9), 28, part=(2, 3)).suffix
        ' (2\xa0of\xa03)'
        """
        return f" ({self.part[0]}\u00a0of\u00a0{self.part[1]})" if self.part[1] > 1 else ""
