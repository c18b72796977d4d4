"""Addresses of signing in, of one's own account and of the accounts that an administrator keeps.

Of the sign-in library only what somebody can reach here: no sign-up, no addresses of e-mail kept by oneself, no connecting of identities.
"""

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.conf import settings
from django.urls import include, path, re_path

from .views import accounts, mine, sign_ins

entrance = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", account.password_reset_from_key, name="account_reset_password_from_key"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("2fa/webauthn/keys/<int:pk>/remove/", mine.passkey_remove, name="mfa_remove_webauthn"),
    path("2fa/", include("allauth.mfa.urls")),
]
if settings.OIDC_PROVIDER:
    entrance += [
        path("", include("allauth.socialaccount.providers.openid_connect.urls")),
        path("cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
        path("error/", social.login_error, name="socialaccount_login_error"),
    ]

urlpatterns = [
    path("accounts/", include(entrance)),
    path("my-account/", mine.my_account, name="my_account"),
    path("my-account/sessions/", mine.sessions_end, name="my_sessions_end"),
    path("my-account/act/<int:pk>/", mine.act_for, name="act_for"),
    path("my-account/act/oneself/", mine.act_for_oneself, name="act_for_oneself"),
    path("my-account/absences/<int:pk>/end/", accounts.absence_end, name="absence_end"),
    path("people-with-access/", accounts.accounts, name="people_with_access"),
    path("people-with-access/sign-ins/", sign_ins.sign_ins, name="sign_ins"),
    path("people-with-access/new/", accounts.account_edit, name="account_new"),
    path("people-with-access/<int:pk>/", accounts.account, name="account_with_access"),
    path("people-with-access/<int:pk>/edit/", accounts.account_edit, name="account_edit"),
    path("people-with-access/<int:pk>/link/", accounts.account_link, name="account_link"),
    path("people-with-access/<int:pk>/sessions/", accounts.account_sessions, name="account_sessions"),
    path("people-with-access/<int:pk>/tokens/<int:number>/end/", accounts.account_token_end, name="account_token_end"),
    path("people-with-access/<int:pk>/second-factor/", accounts.account_factor, name="account_factor"),
    path("people-with-access/<int:pk>/leave/", accounts.account_leave, name="account_leave"),
    path("people-with-access/<int:pk>/hand-over/", accounts.account_hand_over, name="account_hand_over"),
    path("people-with-access/<int:pk>/again/", accounts.account_again, name="account_again"),
    path("people-with-access/<int:pk>/absence/", accounts.account_absence, name="account_absence"),
]
