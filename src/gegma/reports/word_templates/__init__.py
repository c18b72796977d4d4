"""Departments' own Word templates: what they may hold, what is checked, how they are filled, and which is in use.

package, tags and child run in the limited child process, without Django; fields says what a template may use, starter makes one to begin
with, store keeps the versions, views are the pages.
"""
