"""Static files are collected at the first start and after a change, and not at every start."""

import os

import django.core.management
import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

from gegma.config import serving


class OneFolder:
    """Finds what stands in one folder."""

    def __init__(self, folder):
        self.storage = FileSystemStorage(folder)

    def list(self, ignored):
        """(path, storage) of every file."""
        return [(name, self.storage) for name in self.storage.listdir("")[1]]


@pytest.fixture
def collected(tmp_path, settings, monkeypatch):
    """(folder of the sources, folder of what is collected, how often that was done)."""
    source, times = tmp_path / "source", []
    source.mkdir()
    (source / "a.css").write_text("a")
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"

    def collect(name, **_more):
        times.append(name)
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")

    monkeypatch.setattr(django.core.management, "call_command", collect)
    monkeypatch.setattr(finders, "get_finders", lambda: [OneFolder(source)])
    return source, settings.STATIC_ROOT, times


def test_once_and_after_each_change(collected):
    source, root, times = collected
    assert serving.collect_static() and not serving.collect_static()
    (source / "b.css").write_text("b")
    assert serving.collect_static() and not serving.collect_static()
    os.utime(source / "a.css", (1, 1))
    assert serving.collect_static() and not serving.collect_static()
    (root / "staticfiles.json").unlink()
    assert serving.collect_static() and not serving.collect_static()
    assert times == ["collectstatic"] * 4
