"""Keeping what is there: backups, restoring them, and checking that everything stands."""
