"""Small counts withheld from readers who must not be able to tell single requests apart.

The rule is that of the CMS cell-size policy (ResDAC, article 1506): no count from 1 to the limit is shown, nor anything from
which it follows. It is applied once to all that was found, before anything is chosen for an audience, so that two reviews of
one case never withhold differently and cannot be set against each other.
"""

from rca_lib.render.privacy.cells import WITHHELD, is_small, withhold
from rca_lib.render.privacy.figures import mask_figure
from rca_lib.render.privacy.findings import withhold_small
from rca_lib.render.privacy.tables import mask_table

__all__ = ["WITHHELD", "is_small", "mask_figure", "mask_table", "withhold", "withhold_small"]
