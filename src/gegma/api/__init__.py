"""The API: one resource for every register, made from its declaration, and the readings of the plan."""
