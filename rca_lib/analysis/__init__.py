"""What the data say: one module a question, pure functions over frames."""
