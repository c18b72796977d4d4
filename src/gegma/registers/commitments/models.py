"""Obligations, recommendations and goals that the Ministry has taken on, by framework and cycle."""
