"""Runs: one batch of statements or letters, planned, shown, issued, paused, told of afterwards."""
