"""A small ministry: a department with two divisions, its people by role, and clients that have signed in by the form."""

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from gegma.accounts.models import Role, User
from tests.factories import make

PASSWORD = "ოთხი-სიტყვა-და-ნიშანი-9"


@pytest.fixture
def staff(db) -> SimpleNamespace:
    """People of the Department, all with the same password: head, division head, two officers, an auditor, two administrators."""
    cache.clear()  # the limits of sign-in start anew with each test
    top = make("units", code="t-dep", title_ka="დეპარტამენტი")
    first, second = (make("units", code=f"t-{n}", title_ka=f"სამმართველო {n}", parent=top) for n in (1, 2))

    def person(name: str, role: str, unit) -> User:
        return User.objects.create_user(f"{name}@mia.example.ge", PASSWORD, name=name, role=role, unit=unit)

    return SimpleNamespace(
        top=top, first=first, second=second,
        head=person("head", Role.HEAD, top), division=person("division", Role.DIVISION_HEAD, first),
        nino=person("nino", Role.OFFICER, first), giorgi=person("giorgi", Role.OFFICER, second),
        auditor=person("auditor", Role.AUDITOR, top), admin=person("admin", Role.ADMINISTRATOR, top), admin2=person("admin2", Role.ADMINISTRATOR, None),
    )  # fmt: skip


@pytest.fixture
def sign_in():
    """`sign_in(user)`: a client that has signed in by the form. `sign_in(user, client)`: the answer to the form."""

    def signed(user, client: Client | None = None, password: str = PASSWORD):
        used = client or Client()
        answer = used.post(reverse("account_login"), {"login": getattr(user, "email", user), "password": password})
        if client is not None:
            return answer
        assert answer.status_code == 302, answer.content.decode()
        return used

    return signed
