"""Addresses of what agreements have beyond every register's pages."""

urlpatterns: list = []
