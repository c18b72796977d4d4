"""allauth, closed to strangers: accounts are made by an administrator."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up by oneself."""

    def is_open_for_signup(self, request) -> bool:
        """Never."""
        return False
