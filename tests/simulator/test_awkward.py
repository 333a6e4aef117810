"""The awkward people."""

from collections import Counter

import pytest

from tests.simulator.truth import assignments, users
from tests.simulator_fixture import Sizes, made


def test_awkward_people_are_in_every_company_of_fifty() -> None:
    """Ids, names and records that break careless programs are all there, and assigned."""
    of = made(people=50)
    records = users(of)
    ids = [record["employeeID"] for record in records]
    names = {record["name"] for record in records}
    assert {"00123", "123", "0000042", "ID-1234"} <= set(ids)
    assert [one for one, times in Counter(ids).items() if times > 1] == ["70000001"]
    assert {'=HYPERLINK("http://x.test","klik")', "=1+1"} <= names
    assert {name[0] for name in names} >= {"=", "@", "+", "-"}
    assert any(len(name) > 300 for name in names)
    assert any("🚀" in name for name in names)
    assert any("'" in name for name in names)
    assert any("é" in name for name in names)
    assert {record["email"] for record in records} >= {None, ""}
    assert any(record["phone"] == "" for record in records)
    assert any(record["username"] is None for record in records)
    units = {node.serial for node in of.structure.nodes}
    assert [record["name"] for record in records if record["organizationLevelSerial"] not in units]
    assert any(not record["isActive"] for record in records)


def test_awkward_assignments_are_in_every_company_of_fifty() -> None:
    """Somebody renamed, somebody unlisted, somebody twice in one batch and next to themselves."""
    of = made(people=50)
    by_serial = {record["serial"]: record["employeeID"] for record in users(of)}
    rows = list(assignments(of))
    renamed = {
        (by_serial[row["user"]["serial"]], row["user"]["employeeID"])
        for _, _, row in rows
        if by_serial.get(row["user"]["serial"], row["user"]["employeeID"]) != row["user"]["employeeID"]
    }
    assert renamed == {("R2600012", "R1900012"), ("07070", " 07070")}
    unlisted = [row["user"] for _, _, row in rows if row["user"]["serial"] not in by_serial]
    assert unlisted
    assert not {user["employeeID"] for user in unlisted} & set(by_serial.values())
    seats = [(batch, row["user"]["serial"]) for _, batch, row in rows]
    twice = [seat for seat, times in Counter(seats).items() if times > 1]
    assert len(twice) == 1
    assert seats.index(twice[0]) + 1 == len(seats) - 1 - seats[::-1].index(twice[0])


@pytest.mark.parametrize("sizes", [Sizes(people=49), Sizes(people=60, awkward=False)])
def test_small_or_plain_companies_have_no_awkward_people(sizes: Sizes) -> None:
    """Every assignment has its user, every user their unit, nobody stands twice."""
    of = made(**sizes)
    records = {record["serial"]: record for record in users(of)}
    assert len({record["employeeID"] for record in records.values()}) == sizes["people"]
    assert {record["organizationLevelSerial"] for record in records.values()} <= {n.serial for n in of.structure.nodes}
    seats = [(batch, row["user"]["serial"]) for _, batch, row in assignments(of)]
    assert len(set(seats)) == len(seats)
    assert {serial for _, serial in seats} <= set(records)
