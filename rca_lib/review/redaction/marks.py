"""What can be found in a text, and the word in brackets that takes its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["HIDDEN", "MARKS", "PROTECTED", "Found"]

MARKS = {
    "e-mail": "\ue000",
    "link": "\ue001",
    "identifier": "\ue002",
    "address": "\ue003",
    "account": "\ue004",
    "card": "\ue005",
    "phone": "\ue006",
    "handle": "\ue007",
    "coordinates": "\ue009",
    "document": "\ue00a",
    "plate": "\ue00b",
    "wallet": "\ue00c",
    "number": "\ue008",
}
"""What can stand in brackets for something taken out, with the private character that holds its place meanwhile.

One character for each keeps what was found from being read again, and counts as no letter at the edge of a word. Where two
kinds fit the same place, the one named first is told.

e-mail
    an e-mail address, also written with “[at]” and “[dot]”.
link
    a web address, with its scheme or without.
identifier
    one that is known to the case, whole or a part that gives it away.
address
    an address of a machine: IPv4, IPv6 or MAC.
account
    an IBAN whose check digits hold.
card
    a payment card whose check digit holds.
phone
    a phone number, international or national.
handle
    a user name after “@”, or one that is said to be one.
coordinates
    a place on earth, in degrees.
document
    the number of a passport, a driving licence or another proof of identity that is named as such.
plate
    a vehicle's plate that is named as such.
wallet
    an address of Bitcoin or Ethereum.
number
    any other number of many digits or that is named as an account, a case and the like: social security, docket, UUID.
"""

HIDDEN = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ue000-\ue00f\ue0ff]")
"""Characters that are not seen and could cut an identifier in two, and the private ones used here."""

PROTECTED = re.compile(rf"\[(?:{'|'.join(MARKS)})\]")
"""What an earlier redaction left."""


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text that holds an identifier.

    Attributes
    ----------
    kind : one of `MARKS`.
    start, end : where it begins, and where the text goes on after it.

    Examples
    --------
    >>> Found("phone", 5, 13).mark
    '[phone]'
    """

    kind: str
    start: int
    end: int

    @property
    def mark(self) -> str:
        """The word in brackets that takes its place."""
        return f"[{self.kind}]"
