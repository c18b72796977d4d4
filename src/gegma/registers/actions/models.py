"""What was done to fulfil commitments; one action may serve several."""
