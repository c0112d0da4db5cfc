"""The Case, its claims and blocks: from analysis results to what a review says."""
