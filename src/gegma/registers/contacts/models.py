"""Contact points, attachés and memberships: whom one reaches where, and since when that is known."""
