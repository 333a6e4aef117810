"""The table of the LMS's lists."""

from dataclasses import fields

from rkreport.core.snapshot import ListKind, Snapshot
from rkreport.lms.lists import LISTS, path_of
from rkreport.lms.paging import ListKey


def test_every_kind_of_list_is_defined_and_has_its_place_in_the_snapshot() -> None:
    """A kind that is added without a definition, or a field that the snapshot has not, shows here."""
    assert set(LISTS) == set(ListKind)
    assert {definition.snapshot_field for definition in LISTS.values()} <= {field.name for field in fields(Snapshot)}


def test_paths_quote_ids_and_are_all_different() -> None:
    """Ids come from outside: a slash in one asks for no other list."""
    paths = {path_of(ListKey(kind, "C/1", "B?2", "webinar")) for kind in ListKind}
    assert len(paths) == len(ListKind)
    assert "/ruangkerja/dashboard/courses/C%2F1/webinar/B%3F2/users" in paths
