"""The pages of accounts: those that an administrator keeps, and one's own."""
