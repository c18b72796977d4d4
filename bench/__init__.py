"""Measurements of Gegma at 100,000 and 1,000,000 records, as ratios to hand-written SQL. See docs/bench.md."""
