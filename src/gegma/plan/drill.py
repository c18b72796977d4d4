"""The filter «measure», lent to every register."""
