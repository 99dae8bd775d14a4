"""Archives: what is read of them, and every way in which one may lie."""

import base64
import gzip
import io
import stat
import tarfile
import zipfile
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askers import CODE, House
from foureyes.errors import InvalidRequestError, TooLargeError
from foureyes.reviews.archives import unpacked
from foureyes.reviews.errors import BadArchiveError
from foureyes.reviews.request import FilesSource
from foureyes.reviews.schemas import LARGEST_FILE, MOST_FILES, ReviewWanted
from foureyes.reviews.sources import snapshot_of


def written(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def a_zip(**contents: str | bytes) -> str:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return written(made.getvalue())


def a_tar(*entries: tuple[tarfile.TarInfo, bytes]) -> str:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for entry, content in entries:
            archive.addfile(entry, io.BytesIO(content))
    return written(made.getvalue())


def an_entry(name: str, content: bytes = b"", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    for field, value in fields.items():
        setattr(entry, field, value)
    return entry, content


def read(form: str, content: str) -> tuple[str, ...]:
    body = {"source": {"type": "archive", "format": form, "content": content}}
    source = snapshot_of(ReviewWanted.model_validate(body)).request.source
    assert isinstance(source, FilesSource)
    return tuple(file.path for file in source.files)


def test_a_zip_is_read_with_its_folders() -> None:
    assert unpacked("zip", a_zip(**{"src/app.py": CODE, "README.md": "# Hi"})) == (
        ("src/app.py", CODE.encode()),
        ("README.md", b"# Hi"),
    )


def test_a_tar_is_read_with_its_folders() -> None:
    folder = an_entry("src", type=tarfile.DIRTYPE)
    assert unpacked("tar.gz", a_tar(folder, an_entry("src/app.py", CODE.encode()))) == (("src/app.py", CODE.encode()),)


def test_names_as_tar_writes_them_are_below_the_top() -> None:
    assert read("tar.gz", a_tar(an_entry("./app.py", b"x = 1\n"))) == ("app.py",)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_of_a_tar_are_refused(kind: bytes) -> None:
    with pytest.raises(BadArchiveError, match="neither a file nor a folder"):
        unpacked("tar.gz", a_tar(an_entry("app.py", b"x"), an_entry("link", type=kind, linkname="/etc/passwd")))


def test_a_link_in_a_zip_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BadArchiveError, match="neither a file nor a folder"):
        unpacked("zip", written(made.getvalue()))


@pytest.mark.parametrize("name", ["/etc/passwd", "../x.py", "a/../../x", "C:/x", ".git/config", "a//b"])
@pytest.mark.parametrize("form", ["zip", "tar.gz"])
def test_names_that_lead_out_are_refused(form: str, name: str) -> None:
    content = a_zip(**{name: "x"}) if form == "zip" else a_tar(an_entry(name, b"x"))
    with pytest.raises(BadArchiveError, match="which"):
        read(form, content)


def test_a_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(BadArchiveError):
        read("tar.gz", a_tar(an_entry("a\udcff.py", b"x")))


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="stands there twice"):
        read("tar.gz", a_tar(an_entry("a.py", b"x"), an_entry("a.py", b"y")))


@pytest.mark.parametrize("form", ["zip", "tar.gz"])
def test_a_bomb_is_read_no_further_than_a_file_may_be(form: str) -> None:
    zeros = b"\0" * (64 << 20)
    content = a_zip(bomb=zeros) if form == "zip" else a_tar(an_entry("bomb", zeros))
    with pytest.raises(TooLargeError):
        unpacked(form, content)


def test_many_files_that_are_small_are_too_large_together() -> None:
    large = "x" * (LARGEST_FILE - 1)
    with pytest.raises(TooLargeError, match="unpacked"):
        unpacked("zip", a_zip(**{f"{number}.txt": large for number in range(12)}))


def test_a_gzip_of_zeros_is_no_way_around_the_limit() -> None:
    with pytest.raises(TooLargeError):
        unpacked("tar.gz", written(gzip.compress(b"\0" * (64 << 20))))


def test_too_many_files_are_refused() -> None:
    with pytest.raises(BadArchiveError, match="more than 2,000 files"):
        unpacked("zip", a_zip(**{f"{number}.py": "" for number in range(MOST_FILES + 1)}))


def test_too_many_folders_are_refused() -> None:
    folders = (an_entry(f"f{number}", type=tarfile.DIRTYPE) for number in range(2 * MOST_FILES + 1))
    with pytest.raises(BadArchiveError, match="entries"):
        unpacked("tar.gz", a_tar(*folders))


def test_an_archive_without_files_has_nothing_to_review() -> None:
    with pytest.raises(InvalidRequestError, match="nothing to review"):
        read("zip", a_zip())


def test_an_encrypted_zip_is_refused() -> None:
    raw = bytearray(base64.b64decode(a_zip(**{"a.py": "x"})))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(sign) + offset] |= 1
    with pytest.raises(BadArchiveError, match="encrypted"):
        unpacked("zip", written(bytes(raw)))


@pytest.mark.parametrize("form", ["zip", "tar.gz"])
@pytest.mark.parametrize("content", ["not base64!", "aGVsbG8=", "", "é", written(gzip.compress(b"hello", mtime=0))])
def test_what_is_no_archive_is_refused(form: str, content: str) -> None:
    with pytest.raises(BadArchiveError):
        unpacked(form, content)


def test_a_cut_archive_is_refused() -> None:
    raw = base64.b64decode(a_tar(an_entry("a.py", b"x" * 5_000)))
    with pytest.raises(BadArchiveError):
        unpacked("tar.gz", written(raw[: len(raw) // 2]))


@given(st.sampled_from(["zip", "tar.gz"]), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8))
def test_damaged_archives_are_refused_or_read_and_never_break(form: str, changes: list[tuple[int, int]]) -> None:
    whole = a_zip(**{"a/b.py": CODE * 9}) if form == "zip" else a_tar(an_entry("a/b.py", CODE.encode() * 9))
    raw = bytearray(base64.b64decode(whole))
    for at, byte in changes:
        raw[at % len(raw)] = byte
    # Anything else than our own two errors would be a 500.
    with suppress(InvalidRequestError, TooLargeError):
        assert read(form, written(bytes(raw)))


async def test_a_bad_archive_is_400_with_a_code_of_its_own(ours: House) -> None:
    body = {"source": {"type": "archive", "format": "zip", "content": "aGVsbG8="}}
    answer = await ours.client.post("/api/reviews", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-archive")


async def test_an_archive_is_reviewed_as_its_files(ours: House) -> None:
    source = {"type": "archive", "format": "zip", "content": a_zip(**{"src/app.py": CODE})}
    review_id = await ours.submit(source=source)
    shown = (await ours.client.get(f"/api/reviews/{review_id}")).json()
    assert [source["path"] for source in shown["sources"]] == ["src/app.py"]
