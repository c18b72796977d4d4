"""What units of the Ministry need, scored, ranked and offered to donors."""
