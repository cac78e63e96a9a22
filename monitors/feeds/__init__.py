"""Polling: one HTTP policy, parsing, dates, identity of entries, schedule and health."""
