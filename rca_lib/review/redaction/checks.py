"""Checks that tell a real number from one that only looks like it: check digits, checksums and days of the calendar."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

__all__ = ["base58_holds", "iban_end", "is_moment", "luhn_holds"]

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_MOMENTS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_SHORTEST_IBAN = 15


def luhn_holds(digits: str) -> bool:
    """Tell whether the last digit is the check digit of a payment card.

    Examples
    --------
    >>> luhn_holds("4111111111111111"), luhn_holds("4111111111111112")
    (True, False)
    """
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def iban_end(text: str) -> int:
    """Give where the longest beginning ends whose check digits are those of an IBAN; 0 where there is none.

    What follows may be the next words of the sentence.

    Examples
    --------
    >>> iban_end("gb82 west 1234 5698 7654 32 paid"), iban_end("gb82 west 1234 5698 7654 33")
    (27, 0)
    """
    for end in range(len(text), _SHORTEST_IBAN - 1, -1):
        edge = end == len(text) or not text[end].isalnum()
        if edge and text[end - 1].isalnum():
            plain = re.sub(r"[^0-9a-z]", "", text[:end].lower())
            if len(plain) >= _SHORTEST_IBAN:
                digits = "".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])
                if int(digits) % 97 == 1:
                    return end
    return 0


def base58_holds(text: str) -> bool:
    """Tell whether the last four bytes are the checksum of a Bitcoin address.

    Examples
    --------
    >>> base58_holds("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), base58_holds("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")
    (True, False)
    """
    value = 0
    for letter in text:
        place = _BASE58.find(letter)
        if place < 0:
            return False
        value = value * 58 + place
    if value.bit_length() > 200:
        return False
    whole = value.to_bytes(25, "big")
    return hashlib.sha256(hashlib.sha256(whole[:-4]).digest()).digest()[:4] == whole[-4:]


def is_moment(digits: str) -> bool:
    """Tell whether digits are a day of the years 1990 to 2039, or a moment of one.

    Examples
    --------
    >>> [is_moment(digits) for digits in ("20240514", "20240514103205", "20241399", "18000101")]
    [True, True, False, False]
    """
    if len(digits) not in _MOMENTS or not "1990" <= digits[:4] <= "2039":
        return False
    try:
        datetime.strptime(digits, _MOMENTS[len(digits)])
    except ValueError:
        return False
    return True
