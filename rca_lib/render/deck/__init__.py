"""Decks: the plan of a review on slides, made once for every format that shows slides.

`plan_deck` decides what stands on which slide, where texts, tables and drawings are parted and how large they are set.
"""

from __future__ import annotations

from rca_lib.render.deck.plan import plan_deck
from rca_lib.render.deck.records import HEIGHT, SMALLEST, WIDTH, Frame, Grid, GridColumn, Picture, Slide, Text, Words

__all__ = [
    "HEIGHT",
    "SMALLEST",
    "WIDTH",
    "Frame",
    "Grid",
    "GridColumn",
    "Picture",
    "Slide",
    "Text",
    "Words",
    "plan_deck",
]
