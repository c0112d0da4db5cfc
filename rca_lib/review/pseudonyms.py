"""Pseudonyms: short names that stand for identifiers, the same within a case and unlinkable between cases.

They are HMAC-SHA256 values under a key of the case, so nobody without the key can tell which identifier a name stands for,
not even by trying every identifier there is. Who holds the key can: see `aliases`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

__all__ = ["aliases", "case_key"]

_SHORTEST = 4
"""Hexadecimal digits of an alias, more where two would be alike."""


def case_key(secret: str, escalation_id: str) -> str:
    """Return the key of one case, as hexadecimal digits: the source's secret never stands in a notebook, its keys do.

    Examples
    --------
    >>> case_key("a secret", "ESC-0042") == case_key("a secret", "ESC-0043")
    False
    """
    return hmac.new(secret.encode(), f"case\x1f{escalation_id}".encode(), hashlib.sha256).hexdigest()


def aliases(identifiers: Iterable[str], key: str | None, *, kind: str = "") -> dict[str, str]:
    """Return a pseudonym for each identifier.

    Parameters
    ----------
    key : the key of the case, see `case_key`; without one they are numbered in their own order, which hides which is which
        from a reader who has no list of them, and from no one else.
    kind : what they stand for; the same text as another kind gets another name.

    Examples
    --------
    >>> aliases(["REQ-2", "REQ-1"], None)
    {'REQ-1': '1', 'REQ-2': '2'}
    >>> named = aliases(["REQ-1", "REQ-2"], "00ff", kind="request")
    >>> sorted(len(name) for name in named.values())
    [4, 4]
    """
    listed = sorted(set(identifiers))
    if not key:
        return {name: str(at) for at, name in enumerate(listed, start=1)}
    digests = {
        name: hmac.new(key.encode(), f"{kind}\x1f{name}".encode(), hashlib.sha256).hexdigest().upper()
        for name in listed
    }
    length = _SHORTEST
    while len({digest[:length] for digest in digests.values()}) < len(digests):
        length += 1
    return {name: digest[:length] for name, digest in digests.items()}
