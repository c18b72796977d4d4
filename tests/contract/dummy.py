"""A register that no product has: it gets every promise too, so the engine knows no register by name."""

from django.db import models
from django.db.models import Case, CharField, Q, Value, When

from gegma.engine.codes import CodeField
from gegma.engine.filters import SpanFilter
from gegma.engine.models import Record
from gegma.engine.spec import Derived, Due, F, Life, Move, Register, Section


class PebbleState(models.TextChoices):
    ROUGH = "rough", "rough"
    POLISHED = "polished", "polished"


class Pebble(Record):
    """A stone, with one column of every kind."""

    kind = CodeField("kind", codelist="meeting-kind", blank=True)
    state = models.CharField("state", max_length=12, choices=PebbleState.choices, default=PebbleState.ROUGH)
    found_on = models.DateField("found on", null=True, blank=True)
    lost_on = models.DateField("lost on", null=True, blank=True)
    first_lost_on = models.DateField("first lost on", null=True, blank=True, editable=False)
    grams = models.DecimalField("weight, grams", max_digits=6, decimal_places=1, null=True, blank=True)
    count = models.IntegerField("how many", default=1)
    round = models.BooleanField("round", default=False)
    story = models.TextField("story", blank=True)
    country = models.ForeignKey("directory.Country", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="country")
    finders = models.ManyToManyField("directory.Person", blank=True, related_name="+", verbose_name="finders")
    beside = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="beside")

    class Meta:
        app_label = "engine"
        verbose_name = "pebble"
        verbose_name_plural = "pebbles"


class Pebbles(Register):
    key = "pebbles"
    model = Pebble
    prefix = "PB"
    group = "Stones"
    quick = ("title", "kind", "found_on")
    fields = [
        F("title", bilingual=True, list=True, search=True),
        F("kind", list=True, filter=True),
        F("state", list=True, filter=True),
        F("found_on", list=True, filter=True, period=True),
        F("grams", list=True, filter=True),
        F("count", filter=True),
        F("round", filter=True),
        F("story", search=True, filter=True),
        F("country", list=True, filter=True),
        F("finders", list=True, filter=True),
        F("beside", list=True, filter=True),
        F("country_code", label="code of the country", path="country__code", filter=True),
    ]
    extra_filters = [SpanFilter("kept", "kept", start="found_on", end="lost_on")]
    computed = [
        Derived(
            "luck", "luck", lambda: Case(When(grams__gt=5, then=Value("heavy")), default=Value("light"), output_field=CharField()),
            (("heavy", "heavy"), ("light", "light")), list=True, tones={"heavy": "done"},
        ),
    ]  # fmt: skip
    life = Life(
        "state", moves=(Move("polish", "Polish", ("rough",), "polished", day="found_on", asks=("grams",)),),
        needs={"polished": ("found_on",)}, tones={"polished": "done"},
    )  # fmt: skip
    dues = [Due("lost_on", Q(state="rough"), "look for it", first="first_lost_on")]
    layout = [Section("Pebble", ("title", "kind", "state"))]
