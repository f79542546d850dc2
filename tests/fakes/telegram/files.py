"""Files that Telegram keeps: sent once, named by file_id from then on."""

import mimetypes
import zlib
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePath

from tests.fakes.faults import Json
from tests.fakes.telegram.refusal import Refused, violated
from tests.fakes.telegram.spec import Upload

PHOTO_BYTES, DOCUMENT_BYTES, DOWNLOAD_BYTES = 10_000_000, 50_000_000, 20_000_000
PHOTO_SIDES, PHOTO_RATIO = 10_000, 20  # px, of width and height together; of one to the other
_SIDES = (90, 320, 800)  # px, of the longer side of the copies of a photo
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Kept:
    """A photo, an animation or a document."""

    kind: str
    file_id: str  # of the largest copy
    name: str
    mime: str
    content: bytes = field(repr=False)
    width: int = 0
    height: int = 0
    copies: tuple[Json, ...] = ()  # PhotoSize, the largest last

    @property
    def told(self) -> Json:
        """What a message says of it: an array of PhotoSize, an Animation, or a Document."""
        if self.kind == "photo":
            return list(self.copies)
        moving = {"width": self.width, "height": self.height, "duration": 1}
        return self.as_document | (moving if self.kind == "animation" else {})

    @property
    def as_document(self) -> Json:
        """The Document that it is."""
        return {
            "file_id": self.file_id,
            "file_unique_id": _unique(self.file_id),
            "file_name": self.name,
            "mime_type": self.mime,
            "file_size": len(self.content),
        }


@dataclass
class Files:
    """All that was uploaded; `uploads` tells how often, by kind."""

    uploads: dict[str, int] = field(default_factory=lambda: {"photo": 0, "document": 0})
    _kept: dict[str, Kept] = field(default_factory=dict)

    def keep(self, kind: str, what: Upload | str) -> Kept:
        """Return what was sent: a new file, or that of a file_id; raise Refused."""
        if isinstance(what, Upload):
            self.uploads[kind] = self.uploads.get(kind, 0) + 1
            makes = {"photo": self._photo, "animation": self._animation}
            kept = makes.get(kind, self._document)(what)
            ids = [each["file_id"] for each in kept.copies] or [kept.file_id]
            self._kept |= dict.fromkeys(ids, kept)
            return kept
        kept = self.find(what)
        if kept.kind != kind:
            raise violated(f"can't use file of type {kept.kind} as {kind}")
        return kept

    def find(self, file_id: str) -> Kept:
        """Return a file; raise Refused where there is none."""
        if file_id.startswith(("http:", "https:")):
            raise violated(f"nothing is fetched from the internet here: {file_id}")
        if file_id not in self._kept:
            raise violated("wrong remote file identifier specified: there is no such file")
        return self._kept[file_id]

    def told(self, file_id: str) -> Json:
        """Return a File; raise Refused for none, or one too large to download."""
        kept = self.find(file_id)
        if len(kept.content) > DOWNLOAD_BYTES:
            raise Refused(400, "file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": _unique(file_id),
            "file_size": len(kept.content),
            "file_path": f"{kept.kind}s/{_unique(kept.file_id)}{PurePath(kept.name).suffix}",
        }

    def at(self, path: str) -> Kept | None:
        """Return what is at a path that `told` gave."""
        stem = PurePath(path).stem
        return next((each for each in self._kept.values() if _unique(each.file_id) == stem), None)

    def _id(self, kind: str, copy: int = 0) -> str:
        number = f"{kind} {sum(self.uploads.values())} {copy}"
        begin = {"photo": "AgAC", "animation": "CgAC", "document": "BQAC"}[kind]
        return begin + sha256(number.encode()).hexdigest()

    def _photo(self, file: Upload) -> Kept:
        width, height = png_size(file.content)
        if len(file.content) > PHOTO_BYTES:
            raise violated(f"too big for a photo: {len(file.content)} bytes")
        if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
            raise violated(f"PHOTO_INVALID_DIMENSIONS: {width}×{height}")
        longest = max(width, height)
        sides = [each for each in _SIDES if each < longest] + [longest]
        copies = []
        for i, side in enumerate(sides):
            id_ = self._id("photo", i)
            size = [max(round(each * side / longest), 1) for each in (width, height)]
            told = {"file_id": id_, "file_unique_id": _unique(id_), "file_size": len(file.content)}
            copies.append(told | {"width": size[0], "height": size[1]})
        largest = copies[-1]["file_id"]
        assert isinstance(largest, str)
        return Kept(
            "photo", largest, file.name, "image/png", file.content, width, height, tuple(copies)
        )

    def _animation(self, file: Upload) -> Kept:
        if len(file.content) > DOCUMENT_BYTES:
            raise violated(f"Request Entity Too Large: {len(file.content)} bytes")
        width, height = gif_size(file.content)
        id_, mime = self._id("animation"), "image/gif"
        return Kept("animation", id_, file.name, mime, file.content, width, height)

    def _document(self, file: Upload) -> Kept:
        if len(file.content) > DOCUMENT_BYTES:
            raise violated(f"Request Entity Too Large: {len(file.content)} bytes")
        if not file.content:
            raise violated("file must be non-empty")
        mime = mimetypes.guess_type(file.name)[0] or file.mime
        return Kept("document", self._id("document"), file.name, mime, file.content)


def png_size(content: bytes) -> tuple[int, int]:
    """Return a PNG's width and height, px; raise Refused for anything else."""
    if content[:8] != _PNG or content[12:16] != b"IHDR":
        raise violated("IMAGE_PROCESS_FAILED: not a PNG")
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def gif_size(content: bytes) -> tuple[int, int]:
    """Return a GIF's width and height, px; raise Refused for anything else."""
    if content[:6] != b"GIF89a":
        raise violated("this server plays nothing but GIFs")
    return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")


def a_png(width: int = 64, height: int = 80) -> bytes:
    """Return a black picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        sum_ = zlib.crc32(name + content)
        return len(content).to_bytes(4) + name + content + sum_.to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes((8, 0, 0, 0, 0))
    rows = zlib.compress(bytes(width + 1) * height)
    return _PNG + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _unique(file_id: str) -> str:
    return "AQAD" + file_id[4:20]
