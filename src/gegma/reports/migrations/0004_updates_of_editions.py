"""The reports on activities that stand in editions frozen before: each is named at its edition, so that its page says so."""

from django.db import migrations


def name_updates(apps, schema_editor):
    """Read them from the content of each edition."""
    Edition, EditionRecord = (apps.get_model("reports", name) for name in ("Edition", "EditionRecord"))
    for edition in Edition.objects.order_by("pk").iterator(chunk_size=1):
        sections = [s for context in edition.content.get("contexts", {}).values() for s in context.get("sections", [])]
        told = {a["update"]["record"]: a["update"]["version"] for s in sections for a in s.get("activities", []) if a.get("update")}
        have = set(EditionRecord.objects.filter(edition=edition, register="plan-updates").values_list("record_id", flat=True))
        EditionRecord.objects.bulk_create([
            EditionRecord(edition=edition, register="plan-updates", record_id=pk, version=version, counted=True)
            for pk, version in sorted(told.items()) if pk not in have
        ])  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_background")]
    operations = [migrations.RunPython(name_updates, migrations.RunPython.noop, elidable=True)]
