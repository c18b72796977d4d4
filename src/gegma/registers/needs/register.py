"""The registers of this folder."""
