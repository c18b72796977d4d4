"""The zip guard and the limited child."""

from __future__ import annotations

import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from gegma.kernel.sandbox import MEMBERS_MAX, Refused, guard_zip, run_limited


def archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as out:
        for name, data in members.items():
            out.writestr(name, data)
    return path


def refused(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        guard_zip(path)
    assert caught.value.message
    return caught.value.code


def test_an_honest_archive_passes(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"a.xml": b"<a/>", "b/c.txt": b"x" * 5000})
    assert guard_zip(path) == ["a.xml", "b/c.txt"]


def test_no_archive_and_a_cut_one(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 nothing more")
    assert refused(path) == "zip_broken"
    whole = archive(tmp_path / "b.zip", {"a.xml": b"<a/>" * 1000}).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refused(path) == "zip_broken"


def test_a_bomb_by_size_by_ratio_and_by_sum(tmp_path: Path) -> None:
    assert refused(archive(tmp_path / "r.zip", {"a.xml": b"\0" * 40_000_000})) == "zip_ratio"
    noise = bytes(range(256)) * 100 + zlib.compress(b"x" * 1000)
    big = (noise + b"a" * 400) * (70_000_000 // (len(noise) + 400))
    assert refused(archive(tmp_path / "s.zip", {"a.bin": big}, zipfile.ZIP_STORED)) == "zip_size"
    part = big[:60_000_000]
    many = archive(tmp_path / "t.zip", {f"{n}.bin": part for n in range(4)}, zipfile.ZIP_STORED)
    assert refused(many) == "zip_size"


def test_a_size_that_lies(tmp_path: Path) -> None:
    """The directory says 10 bytes, the data inflates to 40 MB: counted, not believed."""
    data = archive(tmp_path / "a.zip", {"a.xml": b"\0" * 40_000_000}).read_bytes()
    lie = data.replace(struct.pack("<L", 40_000_000), struct.pack("<L", 10))
    assert lie != data
    (tmp_path / "b.zip").write_bytes(lie)
    assert refused(tmp_path / "b.zip") == "zip_ratio"


def test_too_many_members(tmp_path: Path) -> None:
    assert refused(archive(tmp_path / "a.zip", {f"{n}": b"" for n in range(MEMBERS_MAX + 1)})) == "zip_members"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_names_links_paths_and_methods(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as out:
        out.writestr("a.xml", b"1")
        out.writestr("a.xml", b"2")
    assert refused(tmp_path / "d.zip") == "zip_duplicate"
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as out:
        out.writestr(link, b"/etc/passwd")
    assert refused(tmp_path / "l.zip") == "zip_symlink"
    assert refused(archive(tmp_path / "p.zip", {"../a": b"1"})) == "zip_name"
    assert refused(archive(tmp_path / "m.zip", {"a": b"1" * 100}, zipfile.ZIP_LZMA)) == "zip_method"


def test_an_encrypted_member(tmp_path: Path) -> None:
    data = bytearray(archive(tmp_path / "a.zip", {"a.xml": b"<a/>"}).read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "b.zip").write_bytes(data)
    assert refused(tmp_path / "b.zip") == "zip_encrypted"


def test_members_that_overlap(tmp_path: Path) -> None:
    data = archive(tmp_path / "a.zip", {"a.txt": b"1" * 100, "b.txt": b"2" * 100}, zipfile.ZIP_STORED).read_bytes()
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    (tmp_path / "b.zip").write_bytes(data[: second + 42] + struct.pack("<L", 0) + data[second + 46 :])
    assert refused(tmp_path / "b.zip") == "zip_overlap"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_dtd_is_found_also_across_chunks(tmp_path: Path, encoding: str) -> None:
    laughs = '<?xml version="1.0"?>' + " " * 262_130 + '<!DOCTYPE lolz [<!ENTITY lol "lol">]><lolz>&lol;</lolz>'
    assert refused(archive(tmp_path / "a.zip", {"word/document.xml": laughs.encode(encoding)}, zipfile.ZIP_STORED)) == "xml_dtd"


# --- the child ---


def double(payload: dict) -> dict:
    return {"twice": payload["n"] * 2, "ქართული": "ა"}


def look_around(_: dict) -> dict:
    import os

    try:
        with open("/tmp/gegma-must-not-exist", "w") as out:
            out.write("x")
            out.flush()
        wrote = True
    except OSError:
        wrote = False
    return {"environment": sorted(k for k in os.environ if k not in ("LC_CTYPE",)), "wrote": wrote}


def refuse(_: dict) -> None:
    raise Refused("odd", "This is odd.", where="row 3", n=3)


def spin(_: dict) -> None:
    while True:
        pass


def sleep(_: dict) -> None:
    time.sleep(60)


def hoard(_: dict) -> int:
    return len([bytes(10_000_000) for _ in range(1000)])


def die(_: dict) -> None:
    import os

    os.abort()


def blurt(_: dict) -> str:
    return "x" * 100_000_000


def stumble(_: dict) -> None:
    raise KeyError("a secret")


def deep(_: dict) -> int:
    return deep(_)


@pytest.fixture
def child_path(monkeypatch: pytest.MonkeyPatch):
    """The child knows only the product; the functions above are given to it by their own module's path."""
    import gegma.kernel.sandbox as sandbox

    root = str(Path(__file__).parents[2])
    monkeypatch.setattr(sandbox, "_CHILD", sandbox._CHILD.replace("{paths!r}", "({paths!r} + [" + repr(root) + "])"))
    return "tests.kernel.test_sandbox"


def code_of(function: str, **limits) -> str:
    with pytest.raises(Refused) as caught:
        run_limited(function, {}, **limits)
    return caught.value.code


def test_the_child_answers_in_json(child_path: str) -> None:
    assert run_limited(f"{child_path}:double", {"n": 21}) == {"twice": 42, "ქართული": "ა"}


def test_the_child_has_no_environment_and_writes_no_file(child_path: str) -> None:
    seen = run_limited(f"{child_path}:look_around", {})
    assert seen == {"environment": [], "wrote": False}


def test_a_refusal_comes_through_whole(child_path: str) -> None:
    with pytest.raises(Refused) as caught:
        run_limited(f"{child_path}:refuse", {})
    assert (caught.value.code, caught.value.message, caught.value.where, caught.value.params) == ("odd", "This is odd.", "row 3", {"n": 3})
    assert str(caught.value) == "row 3: This is odd."


def test_time_memory_crash_flood_and_depth_end_in_a_message(child_path: str) -> None:
    assert code_of(f"{child_path}:spin", cpu_seconds=1) == "too_slow"
    start = time.monotonic()
    assert code_of(f"{child_path}:sleep", wall_seconds=1.5) == "too_slow"
    assert time.monotonic() - start < 10
    assert code_of(f"{child_path}:hoard") == "too_big"
    assert code_of(f"{child_path}:die") == "crashed"
    assert code_of(f"{child_path}:blurt") == "too_big"
    assert code_of(f"{child_path}:deep") == "too_deep"


def test_a_stumble_tells_its_kind_and_no_secret(child_path: str) -> None:
    with pytest.raises(Refused) as caught:
        run_limited(f"{child_path}:stumble", {})
    assert "KeyError" in str(caught.value)
    assert "secret" not in str(caught.value)
