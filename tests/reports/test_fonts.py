"""FiraGO: its files, and its own tables read by us against an independent reader."""

import io
import os
import subprocess
import sys

import pytest

from gegma.kernel import fonts


@pytest.mark.parametrize("name", ["figo", "figbo", "notos", "symbol1", "math", "cascadia"])
def test_letters_and_widths_are_those_of_the_font(name):
    ttf = pytest.importorskip("fontTools.ttLib").TTFont(io.BytesIO(fonts._bytes(name)))
    cmap, units = ttf.getBestCmap(), ttf["head"].unitsPerEm
    assert set(fonts._glyphs(name)) == set(cmap)
    widths, _ = fonts._advances(name)
    assert all(abs(ttf["hmtx"][glyph][0] / units - widths[code]) < 1e-9 for code, glyph in cmap.items())


def test_georgian_and_signs_can_be_drawn():
    assert all(map(fonts.can_draw, "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ№₾„“–…✓"))
    assert not fonts.can_draw("中")
    assert not fonts.can_draw("\u1c90")  # Mtavruli


def test_width_grows_with_text_size_and_weight():
    assert fonts.text_width("", 10) == 0
    assert fonts.text_width("აბ", 10) == pytest.approx(fonts.text_width("ა", 10) + fonts.text_width("ბ", 10))
    assert fonts.text_width("საქმიანობა", 20) == pytest.approx(2 * fonts.text_width("საქმიანობა", 10))
    assert fonts.text_width("საქმიანობა", 10, True) > fonts.text_width("საქმიანობა", 10)


def _folder(tmp_path, **environment):
    code = "from gegma.kernel import fonts; print(fonts.folder())"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={"PATH": os.environ["PATH"], "PYTHONPATH": "src", "HOME": str(tmp_path), **environment})
    return made.stdout.strip()


def test_folder_is_filled_and_mended(tmp_path):
    place = _folder(tmp_path)
    assert place == str(tmp_path / ".cache" / "gegma" / "fonts")
    file = tmp_path / ".cache" / "gegma" / "fonts" / "FiraGO-Regular.ttf"
    assert file.read_bytes() == fonts.regular()
    file.write_bytes(b"half a fo")
    _folder(tmp_path)
    assert file.read_bytes() == fonts.regular()


def test_a_folder_that_others_can_write_is_not_trusted(tmp_path):
    place = tmp_path / ".cache" / "gegma" / "fonts"
    place.mkdir(parents=True)
    place.chmod(0o777)
    assert _folder(tmp_path) != str(place)
    assert not list(place.iterdir())
