"""Moved: see `rca_lib.review.format`, which claims and the renderers share."""

from __future__ import annotations

from rca_lib.review.format import DASH, format_value, humanise_hours

__all__ = ["DASH", "format_value", "humanise_hours"]
