"""Parameters, Papermill, publishing and the index: from an escalation to a folder of reviews."""
