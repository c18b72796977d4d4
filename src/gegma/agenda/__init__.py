"""The calendar of all deadlines, its feed, reminders and the daily digest."""
