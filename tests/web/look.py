"""Draws pages of the look in a browser without the application: the page is rendered here, static files come from the
finders, and every answer carries the same strict content policy as in production.

    python -m tests.web.look FOLDER      # writes a picture of the styleguide per width and theme
"""

import datetime as dt
import mimetypes
import re
import sys
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import Context, engines
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from django.utils.translation import override

from tests.browser import ARGUMENTS, find_chromium

ADDRESS = "http://gegma.test"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
LONG = (
    "ტრენინგი მიზნად ისახავს იუსტიციის სამინისტროს თანამშრომელთა კვალიფიკაციის ამაღლებას ადამიანის უფლებათა "
    "საერთაშორისო სტანდარტების, ევროპული სასამართლოს პრაქტიკისა და საერთაშორისო თანამშრომლობის საკითხებში."
)
TONES = [
    ("done", 12, "სრულად შესრულდა"),
    ("mostly", 4, "უმეტესად შესრულდა"),
    ("partly", 3, "ნაწილობრივ შესრულდა"),
    ("going", 21, "განხორციელების პროცესშია"),
    ("soon", 5, "ვადა ახლოვდება"),
    ("late", 2, "ვადაგადაცილებული"),
    ("none", 8, "არ დაწყებულა"),
]


class TrainingForm(forms.Form):
    """A form with one field of each kind."""

    title_ka = forms.CharField(label="დასახელება", help_text="როგორც ბრძანებაშია.")
    title_en = forms.CharField(label="დასახელება ინგლისურად", required=False)
    starts_on = forms.DateField(label="დაიწყო", widget=forms.TextInput({"data-date": True, "inputmode": "numeric"}))
    ends_on = forms.DateField(
        label="დასრულდა", required=False, help_text="მაგალითად, 03.09.2026", widget=forms.TextInput({"data-date": True})
    )
    country = forms.ChoiceField(
        label="ქვეყანა",
        choices=[("", "–"), ("GE", "საქართველო"), ("FR", "საფრანგეთი"), ("DE", "გერმანია")],
        widget=forms.Select({"data-pick": True}),
    )
    partners = forms.MultipleChoiceField(
        label="პარტნიორი უწყებები",
        choices=[("1", "ევროკავშირი"), ("2", "ევროპის საბჭო"), ("3", "გაეროს განვითარების პროგრამა")],
        widget=forms.SelectMultiple({"data-pick": True}),
    )
    text = forms.CharField(label="აღწერა", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(
        label="სახე", choices=[("a", "ტრენინგი"), ("b", "სემინარი"), ("c", "კონფერენცია")], widget=forms.RadioSelect
    )
    public = forms.BooleanField(label="საჯარო ჩანაწერი", required=False, help_text="გამოჩნდება ღია მონაცემებში.")


class Officer:
    """The one who looks at the page."""

    pk = 1
    is_authenticated = True
    get_role_display = "თანამშრომელი"
    unit = "საერთაშორისო სამართლის სამმართველო"

    def __str__(self) -> str:
        return "ნინო მაისურაძე"


def _message(level: int, text: str) -> SimpleNamespace:
    class Message(SimpleNamespace):
        def __str__(self) -> str:
            return text

    return Message(level_tag=constants.DEFAULT_TAGS[level])


def _icons() -> list[str]:
    sprite = Path(finders.find("web/icons.svg")).read_text(encoding="utf-8")
    return re.findall(r'<symbol id="([a-z]+)"', sprite)


def context(**more: object) -> dict:
    """What a page of the application gives to the base template, and what the styleguide shows."""
    rows = [
        {
            "title": f"ტრენინგი ადამიანის უფლებათა დაცვის საერთაშორისო სტანდარტებზე, ნაწილი {n}",
            "organiser": "ევროპის საბჭოს წარმომადგენლობა საქართველოში",
            "text": LONG if n % 2 else "მოკლე აღწერა.",
            "day": dt.date(2017, 11, n),
            "people": n * 117,
            "budget": Decimal("10250.5") * n,
            "tone": tone,
            "word": word,
        }
        for n, (tone, _count, word) in enumerate(TONES[:5], start=1)
    ]
    bound = TrainingForm({"title_ka": "", "starts_on": "03.09.2026", "ends_on": "35.12.2017", "partners": ["1", "2"]})
    base = {
        "nav": [
            {"label": "მთავარი", "url": "/", "active": False},
            {"label": "გეგმა", "url": "/plan", "active": True},
            {
                "label": "რეესტრები",
                "active": False,
                "children": [
                    {
                        "heading": "თანამშრომლობა",
                        "links": [
                            {"label": "საერთაშორისო ხელშეკრულებები", "url": "/r/agreements"},
                            {"label": "პროექტები", "url": "/r/projects"},
                            {"label": "ტრენინგები", "url": "/r/trainings", "active": True},
                        ],
                    },
                ],
            },
            {"label": "ქვეყნები", "url": "/countries", "active": False},
            {"label": "ანგარიშები", "url": "/reports", "active": False},
            {"label": "ინფორმაციის მოთხოვნა", "url": "/calls", "active": False},
        ],
        "new_links": [{"label": "ტრენინგი", "url": "/r/trainings/new"}, {"label": "შეხვედრა", "url": "/r/meetings/new"}],
        "demo_notice": "დემო: გამოგონილი წელი; დღეს არის 11.12.2017",
        "today": dt.date(2017, 12, 11),
        "version": "0.1.0",
        "user": Officer(),
        "messages": [
            _message(constants.SUCCESS, mark_safe('შენახულია. <form method="post"><button>გაუქმება</button></form>')),
            _message(constants.ERROR, "ფაილი ვერ წავიკითხეთ: მე-3 სტრიქონში თარიღი არ არის."),
        ],
        "tones": TONES,
        "rows": rows,
        "form": bound,
        "icons": _icons(),
        "page": Paginator(range(1, 1244), 50).page(4),
        "csrf_token": "x" * 64,
    }
    return base | more


def render(name: str, language: str = "ka", **more: object) -> str:
    """The template `name` (or the styleguide) as HTML in that language."""
    request = RequestFactory().get("/styleguide?page=4", headers={"host": "localhost"})
    engine = engines["django"]
    if name == "styleguide":
        template = engine.from_string((Path(__file__).parent / "styleguide.html").read_text(encoding="utf-8"))
    else:
        template = engine.get_template(name)
    values = context(**more) | {"request": request}
    with override(language):
        drawn = Context(values)
        drawn.request = request  # for {% querystring %}; context processors would ask the database
        return template.template.render(drawn)


def open_page(browser, html: str, complaints: list[str], width: int = 1440, scheme: str = "light", **more):
    """A page of `browser` that shows `html`; what its console complains of is added to `complaints`.

    A POST is answered with `more["after"]` where that is given, as the page after saving.
    """

    def answer(route, request):
        path = request.url.removeprefix(ADDRESS).split("?")[0].split("#")[0]
        headers = {"Content-Security-Policy": POLICY}
        if path.startswith(settings.STATIC_URL):
            found = finders.find(path.removeprefix(settings.STATIC_URL))
            if not found:
                return route.fulfill(status=404, body="")
            kind = mimetypes.guess_type(found)[0] or "font/woff2"
            return route.fulfill(status=200, body=Path(found).read_bytes(), content_type=kind, headers=headers)
        body = more.get("after", html) if request.method == "POST" else html
        return route.fulfill(status=200, body=body, content_type="text/html; charset=utf-8", headers=headers)

    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=more.get("script", True)
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.route("**/*", answer)
    page.goto(f"{ADDRESS}/styleguide?page=4")
    page.evaluate("document.fonts.ready.then(() => true)")
    return page


class LoginForm(forms.Form):
    """The two fields of signing in."""

    login = forms.EmailField(label="ელფოსტა")
    password = forms.CharField(label="პაროლი", widget=forms.PasswordInput)


def pages() -> dict[str, str]:
    """The pages that can be drawn without the application."""
    people = [
        {"name": "ნინო მაისურაძე", "role": "თანამშრომელი", "login": "nino@demo.test", "password": "demo"},
        {"name": "გიორგი ბერიძე", "role": "დეპარტამენტის დირექტორი", "login": "giorgi@demo.test", "password": "demo"},
    ]
    nobody = {
        "nav": None,
        "new_links": None,
        "user": SimpleNamespace(pk=None, is_authenticated=False),
        "messages": [],
        "demo_people": people,
    }
    return {
        "styleguide": render("styleguide"),
        "login": render("account/login.html", form=LoginForm(), **nobody),
        "password_reset": render("account/password_reset.html", form=LoginForm(), **nobody),
        "404": render("404.html", messages=[]),
    }


def main(folder: Path) -> None:
    """Pictures of the pages, by width and theme, into `folder`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        for name, html in pages().items():
            for width in (1440, 360):
                for scheme in ("light", "dark"):
                    complaints: list[str] = []
                    page = open_page(browser, html, complaints, width, scheme)
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                    print(name, width, scheme, "widest", page.evaluate("document.documentElement.scrollWidth"), complaints)
                    page.context.close()
        browser.close()


if __name__ == "__main__":
    import django

    django.setup()
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.ROOT_URLCONF = "tests.web.urls"
    main(Path(sys.argv[1]))
