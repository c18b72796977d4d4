"""The addresses as they are where the settings name an identity provider."""

from allauth.socialaccount import views as social
from django.urls import include, path

from gegma.config.urls import handler429
from gegma.config.urls import urlpatterns as without

urlpatterns = [
    *without,
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("accounts/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("accounts/error/", social.login_error, name="socialaccount_login_error"),
]

__all__ = ["handler429", "urlpatterns"]
