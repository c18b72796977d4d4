"""Makes the pictures of the user guide: two pages of the annual report as LibreOffice shows it, in both languages.

Run it over a system that holds the plan and its year, such as the demo year:
    GEGMA_DATA=… GEGMA_TODAY=2017-12-11 python scripts/guide_pictures.py mia-ird-2017
"""

import sys
import tempfile
from pathlib import Path

import pypdfium2

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
WIDTH = 1000  # dots
COLOURS = 48
BYTES_MAX = 150 * 1024


def main(key: str) -> None:
    """The four pictures."""
    from django.utils import translation

    from gegma.config.cli import ready

    ready("ka")
    from gegma.kernel import office
    from gegma.plan.models import Plan
    from gegma.reports.context import progress
    from gegma.reports.render import render

    plan = Plan.objects.get(key=key)
    with tempfile.TemporaryDirectory() as folder:
        documents = []
        for lang in ("ka", "en"):
            with translation.override(lang):
                document = Path(folder) / f"{lang}.docx"
                document.write_bytes(render(progress(plan, plan.period, lang), "docx"))
                documents.append(document)
        for path in office.to_pdf(documents, Path(folder), 180):
            draw(path, path.stem)


def draw(path: Path, lang: str) -> None:
    """The page of the summary, and the first of the plan's table: the first one that lies on its side."""
    with pypdfium2.PdfDocument(path.read_bytes()) as shown:
        summary = 2 if len(shown[1].get_textpage().get_text_range()) < 200 else 1
        sideways = next(number for number, page in enumerate(shown) if page.get_width() > page.get_height())
        for name, number in (("summary", summary), ("plan", sideways)):
            page = shown[number]
            picture = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB").quantize(COLOURS)
            target = PICTURES / f"report-{name}-{lang}.png"
            picture.save(target, optimize=True)
            size = target.stat().st_size
            print(f"{target.relative_to(ROOT)}: page {number + 1} of {len(shown)}, {size // 1024} KB")
            if size > BYTES_MAX:
                sys.exit(f"{target.name} is larger than {BYTES_MAX // 1024} KB")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "mia-ird-2017")
