"""The sections of a case review, one module each: analysis results become claims and blocks here."""
