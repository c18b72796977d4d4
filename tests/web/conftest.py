"""The look is tried without the application: its own few addresses, the strict content policy, no database."""

import pytest

from tests.web import look


@pytest.fixture(autouse=True)
def only_the_addresses_of_the_base_page(settings):
    settings.ROOT_URLCONF = "tests.web.urls"


@pytest.fixture
def show(browser):
    """`show(html, width=…, scheme=…)`: the page in a browser; at the end nothing may have been complained of."""
    complaints, contexts = [], []

    def open_page(html: str, width: int = 1440, scheme: str = "light", **more):
        page = look.open_page(browser, html, complaints, width, scheme, **more)
        contexts.append(page.context)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
