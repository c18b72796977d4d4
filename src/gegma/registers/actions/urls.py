"""Addresses of what these registers have beyond every register's pages."""

urlpatterns: list = []
