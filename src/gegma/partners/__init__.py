"""The page of a country and of an organisation: all that the registers hold on it."""
