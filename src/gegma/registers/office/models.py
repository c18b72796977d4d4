"""What a department keeps besides its subject: letters, inventory, posts and clearances, curricula, web publications."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gegma.engine.codes import CodeField
from gegma.engine.models import Confidentiality, Record, Tracked
from gegma.registers.directory.models import Organisation, Person, Unit


class Direction(models.TextChoices):
    """Whether a letter came or went."""

    IN = "in", _("incoming")
    OUT = "out", _("outgoing")


class OfficialNumber(models.UniqueConstraint):
    """A number is given once in a year to the letters of one direction; said at the field of the number, without naming the other letter."""

    def validate(self, model, instance, exclude=None, using="default"):
        """Raise ValidationError where another letter has the number."""
        try:
            super().validate(model, instance, exclude, using)
        except ValidationError as error:
            facts = {"number": instance.number, "year": instance.year}
            if instance.direction == Direction.IN:
                words = gettext("An incoming letter of %(year)s has the number «%(number)s» already: check it, or look the letter up.") % facts
            else:
                words = gettext("An outgoing letter of %(year)s has the number «%(number)s» already: check it, or look the letter up.") % facts
            raise ValidationError({"number": words}) from error


class Letter(Record):
    """A letter under the number of the Ministry's chancellery system, which keeps the letter itself. The title is its subject."""

    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices, default=Direction.IN)
    number = models.CharField(_("official number"), max_length=60)
    registered_on = models.DateField(_("registered on"))
    year = models.PositiveSmallIntegerField(_("year of registration"), null=True, blank=True, editable=False)
    written_on = models.DateField(_("date of the letter"), null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="letters", verbose_name=_("organisation")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="letters", verbose_name=_("unit"))
    counterpart = models.CharField(_("another side"), max_length=200, blank=True)
    answer_required = models.BooleanField(_("an answer is required"), default=False)
    due_on = models.DateField(_("answer due on"), null=True, blank=True)
    first_due_on = models.DateField(_("answer first due on"), null=True, blank=True, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answer = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="answers", verbose_name=_("answered by the letter")
    )

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-registered_on"]
        constraints = [OfficialNumber(fields=["direction", "year", "number"], name="letter_number_once_a_year")]
        indexes = [models.Index(fields=["registered_on"], name="letter_day"), models.Index(fields=["due_on"], name="letter_due")]

    def clean(self):
        """The year that the number belongs to follows from the day of registration."""
        super().clean()
        self.year = self.registered_on.year if self.registered_on else None


class InventoryItem(Record):
    """A thing that the office needs: how many, by when, and how many of them it got. The title says what."""

    category = CodeField(_("category"), codelist="inventory-category")
    quantity_needed = models.PositiveIntegerField(_("needed quantity"), default=1)
    needed_on = models.DateField(_("needed on"), null=True, blank=True)
    first_needed_on = models.DateField(_("first needed on"), null=True, blank=True, editable=False)
    quantity_provided = models.PositiveIntegerField(_("provided quantity"), default=0)
    provided_on = models.DateField(_("provided on"), null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="inventory", verbose_name=_("for the unit"))
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="inventory", verbose_name=_("for the person"))
    cost = models.DecimalField(_("cost, GEL"), max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("inventory item")
        verbose_name_plural = _("office inventory")
        ordering = ["-needed_on", "-pk"]
        indexes = [models.Index(fields=["needed_on"], name="inventory_day")]


class Grade(models.TextChoices):
    """Grades of secrecy, from the lowest on: a clearance of one opens those before it."""

    RESTRICTED = "restricted", _("for restricted use")
    SECRET = "secret", _("secret")
    TOP_SECRET = "top-secret", _("top secret")
    SPECIAL = "special", _("of special importance")


class Post(Record):
    """A post that needs access to state secrets, and who holds it from when to when. The title is the name of the post."""

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("unit"))
    grade = models.CharField(_("grade needed"), max_length=12, choices=Grade.choices, default=Grade.SECRET)
    holder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("holder"))
    since = models.DateField(_("in the post since"), null=True, blank=True)
    until = models.DateField(_("in the post until"), null=True, blank=True)

    class Meta:
        verbose_name = _("post with access to state secrets")
        verbose_name_plural = _("posts with access to state secrets")
        ordering = ["title_ka"]


class Clearance(Tracked):
    """That a person has access to state secrets: of which grade, from when to when. Nothing else is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="clearances", verbose_name=_("person"))
    grade = models.CharField(_("grade"), max_length=12, choices=Grade.choices, default=Grade.SECRET)
    since = models.DateField(_("valid from"))
    until = models.DateField(_("valid until"), null=True, blank=True)
    owner_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner unit"))
    confidentiality = models.CharField(
        _("confidentiality"), max_length=12, choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("named readers"))

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances for state secrets")
        ordering = ["until", "pk"]
        indexes = [models.Index(fields=["person", "until"], name="clearance_person")]

    def __str__(self) -> str:
        return str(self.person)


class CurriculumState(models.TextChoices):
    """From the first draft to approval; the day of each step is kept."""

    DRAFTING = "drafting", _("drafting")
    READY = "ready", _("ready")
    APPROVED = "approved", _("approved")


class Curriculum(Record):
    """An education programme or module."""

    kind = CodeField(_("kind"), codelist="curriculum-kind")
    state = models.CharField(_("state"), max_length=12, choices=CurriculumState.choices, default=CurriculumState.DRAFTING)
    drafted_with = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="curricula", verbose_name=_("drafted with")
    )
    topic = CodeField(_("topic"), codelist="training-topic", blank=True)
    hours = models.DecimalField(_("duration, hours"), max_digits=6, decimal_places=1, null=True, blank=True)
    ready_on = models.DateField(_("ready on"), null=True, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)

    class Meta:
        verbose_name = _("education programme or module")
        verbose_name_plural = _("education programmes and modules")
        ordering = ["-ready_on", "-pk"]


class PublicationState(models.TextChoices):
    """Planned, then on the page, then taken off it."""

    PLANNED = "planned", _("planned")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class WebPublication(Record):
    """What was put on a web page about the department's work."""

    channel = CodeField(_("channel"), codelist="web-channel")
    state = models.CharField(_("state"), max_length=12, choices=PublicationState.choices, default=PublicationState.PLANNED)
    url = models.URLField(_("address"), max_length=500, blank=True)
    language = CodeField(_("language"), codelist="publication-language", blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    first_published_on = models.DateField(_("first to be published on"), null=True, blank=True, editable=False)
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, blank=True, related_name="web_publications", verbose_name=_("made from the document")
    )

    class Meta:
        verbose_name = _("web publication")
        verbose_name_plural = _("web publications")
        ordering = ["-published_on", "-pk"]
        indexes = [models.Index(fields=["published_on"], name="web_publication_day")]


class WebUpdate(Tracked):
    """That a publication was renewed, and what in it."""

    publication = models.ForeignKey(WebPublication, models.CASCADE, related_name="updates", verbose_name=_("web publication"))
    on = models.DateField(_("updated on"))
    what = models.CharField(_("what was updated"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("update of a web publication")
        verbose_name_plural = _("updates of web publications")
        ordering = ["on", "pk"]
        indexes = [models.Index(fields=["on"], name="web_update_day")]

    def __str__(self) -> str:
        return f"{self.on:%d.%m.%Y}"
