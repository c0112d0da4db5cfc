"""The texts of the example: one TOML file an escalation, and the codebook.

Each file holds the escalation's title and summary, its evidence in the voices of several roles, the actions on record and
the feedback given. All of it is invented. Wording is neutral and kind, names nobody, and describes no content.
"""
