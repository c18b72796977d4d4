"""Signing in with a passkey and with an authenticator app, in a real browser whose passkey is a virtual one."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe

from .conftest import PASSWORD, WAIT
from .steps import choose, follow, saved


@pytest.fixture
def page_for(browser, server):
    """`page_for("en")`: a page of somebody who has not signed in, on localhost: browsers keep passkeys for no bare number."""
    contexts = []

    def opened(lang: str, width: int = 1440):
        address = server.replace("127.0.0.1", "localhost")
        context = browser.new_context(base_url=address, viewport={"width": width, "height": 900}, locale="ka-GE")
        context.add_cookies([{"name": "django_language", "value": lang, "url": address}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        return page

    yield opened
    for context in contexts:
        context.close()


def virtual_passkey(page) -> None:
    """A device with a finger that is always on it."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}})


def sign_in(page, login: str) -> None:
    """By the form, with the password."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", f"{login}@example.ge")
    page.fill("input[name=password]", PASSWORD)
    follow(page.locator("form[data-login] button.primary"))


def sign_out(page) -> None:
    """By the menu's form."""
    page.goto("/accounts/logout/")
    follow(page.locator("main form[data-signout] button"))


def faults(page) -> list[str]:
    """What axe finds, and whatever sticks out of the window."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [f"{page.url}: {f['id']}: {n['html'][:150]}" for f in found for n in f["nodes"]] + ([f"{page.url}: too wide"] if wide else [])


def test_a_passkey_is_added_and_opens_the_account_without_a_password(page_for):
    page = page_for("en")
    virtual_passkey(page)
    sign_in(page, "with.passkey")
    page.goto("/accounts/2fa/webauthn/add/")
    assert faults(page) == []
    page.fill("input[name=name]", "The finger")
    follow(page.locator("#passkey_add"))
    assert page.locator(".recovery li").count() == 10 and faults(page) == []
    page.goto("/accounts/2fa/webauthn/")
    assert "The finger" in page.locator("main").inner_text() and faults(page) == []
    sign_out(page)
    page.goto("/accounts/login/?next=/my-account/")
    assert faults(page) == []
    follow(page.locator("#passkey_login"))
    assert page.url.endswith("/my-account/") and "with.passkey@example.ge" in page.locator("main").inner_text()
    assert "The finger" in page.locator("main").inner_text()
    sign_out(page)
    sign_in(page, "with.passkey")  # the password alone does not do any more; the passkey is the second step too
    assert page.url.endswith("/accounts/2fa/authenticate/") and faults(page) == []
    follow(page.locator("#passkey"))
    page.goto("/my-account/")
    assert "with.passkey@example.ge" in page.locator("main").inner_text() and page.complaints == []


def test_an_authenticator_app_is_set_up_on_a_phone_and_asked_for_afterwards(page_for):
    page = page_for("ka", 360)
    sign_in(page, "with.app")
    page.goto("/accounts/2fa/totp/activate/")
    page.locator("main details summary").click()
    secret = page.locator("code.secret").inner_text()
    assert page.locator(".qr img").evaluate("img => img.naturalWidth") > 100 and faults(page) == []
    code = lambda ahead: format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))  # noqa: E731
    page.fill("input[name=code]", code(0))
    follow(page.locator("main form.form button.primary"))
    recovery = page.locator(".recovery li").first.inner_text()
    assert faults(page) == []
    for answer in (code(1), recovery):
        sign_out(page)
        sign_in(page, "with.app")
        assert page.url.endswith("/accounts/2fa/authenticate/")
        page.fill("input[name=code]", answer)
        follow(page.locator("main form.form button.primary"))
        page.goto("/my-account/")
        assert "with.app@example.ge" in page.locator("main").inner_text()
    assert faults(page) == [] and page.complaints == []


@pytest.mark.parametrize(("lang", "width"), [("ka", 1440), ("en", 360)])
def test_a_substitute_acts_in_the_place_of_the_absent_one_and_the_bar_says_so(page_for, lang, width):
    absent = page_for(lang, width)
    sign_in(absent, "goes.away")
    absent.goto("/my-account/")
    assert faults(absent) == []
    if absent.locator("form[action$='/end/']").count() == 0:  # of the language before
        absent.fill("input[name=starts_on]", "11.12.2017")
        absent.fill("input[name=ends_on]", "15.12.2017")
        choose(absent, "substitute", option_of(absent, "stands.in"))
        follow(absent.locator("main form.form button.primary"))
        saved(absent)
    page = page_for(lang, width)
    sign_in(page, "stands.in")
    page.goto("/my-account/")
    follow(page.locator("form[action*='/my-account/act/'] button.primary"))
    assert "goes.away" in page.locator(".slim.acting").inner_text() and faults(page) == []
    page.goto("/r/meetings/")
    assert page.locator(".slim.acting").count() == 1
    follow(page.locator(".slim.acting button"))
    assert page.locator(".slim.acting").count() == 0 and absent.complaints == page.complaints == []


def option_of(page, words: str) -> str:
    """The value of the option with these words."""
    return page.locator("select[name=substitute]").evaluate("(s, w) => [...s.options].find(o => o.text === w).value", words)
