"""Requests to and from the competent authorities of partner countries: register data only."""
