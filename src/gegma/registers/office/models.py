"""The office: letters, inventory, clearances, curricula, web publications."""
