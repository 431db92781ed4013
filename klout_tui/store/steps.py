"""The steps from one format to the next. Each works on a copy (``migrations``) and stays as it is for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from klout_tui.store.files import named, read_bytes, remove, replace_file
from klout_tui.store.storage import META, RawTable, parse, render

_FILE: Final = "file"


class _Dated(msgspec.Struct):
    at: datetime


_dated = msgspec.json.Decoder(_Dated)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_places = msgspec.json.Decoder(dict[str, str])
_encode = msgspec.json.Encoder().encode


def posts_by_month(folder: Path) -> None:
    """From format 1 to 2: posts and their tallies lie by month instead of by year, as interactions always did."""
    months: dict[str, str] = {}
    for path in named(folder, ".json"):
        kind, _, year = path.stem.partition("-")
        if kind != "posts" or not year.isdigit():
            continue
        tables = _tables(path)
        place = {post_id: _month(row) for post_id, row in tables.get("posts", {}).items()}
        for month in sorted(set(place.values())):
            split: dict[str, RawTable] = {
                name: {key: row for key, row in tables[name].items() if place.get(key) == month}
                for name in ("posts", "tallies")
                if name in tables
            }
            name = f"posts-{month}"
            _write(folder / f"{name}.json", {META: _said(tables[META], name=name), **split})
        months |= {_digits(f"posts {post_id}"): month for post_id, month in place.items()}
        remove(path)
    for path in named(folder, ".json"):
        tables = _tables(path)
        tables[META] = _said(tables[META], format=2)
        if path.name.startswith("known-"):
            first = path.stem.partition("-")[2]
            tables["known"] = dict(_with_months(tables.get("known", {}), first, months))
        _write(path, tables)


def _with_months(rows: RawTable, first: str, months: dict[str, str]) -> Iterator[tuple[str, msgspec.Raw]]:
    """The index of ids with a post's month where its year was; ``first`` is the digit the file is for."""
    for key, row in rows.items():
        if not key.startswith(first):
            raise ValueError(f"{key} lies in the file for {first}")
        places = {rest: months.get(key + rest, place) for rest, place in _places.decode(row).items()}
        yield key, msgspec.Raw(_encode(places))


def _month(row: msgspec.Raw) -> str:
    at = _dated.decode(row).at.astimezone(UTC)
    return f"{at.year:04}-{at.month:02}"


def _digits(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _said(meta: RawTable, **changes: str | int) -> RawTable:
    """What a file says of itself, changed."""
    said = _fields.decode(meta[_FILE]) | {name: msgspec.Raw(_encode(value)) for name, value in changes.items()}
    return {**meta, _FILE: msgspec.Raw(_encode(said))}


def _tables(path: Path) -> dict[str, RawTable]:
    return parse(read_bytes(path) or b"")


def _write(path: Path, tables: dict[str, RawTable]) -> None:
    replace_file(path, render(tables))
