"""Questions sent to units and agencies, and who has answered."""
