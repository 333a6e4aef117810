"""The release of a loaded edition by a second person, and the digests by which the audit log names an edition.

Knows what the code stands for; must not ask anybody.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path

from rkreport.config.load import Config
from rkreport.core.manifest import Manifest
from rkreport.core.release import (
    NO_RELEASE,
    Release,
    code_of,
    is_name,
    is_same_code,
    is_same_person,
    name_of_person,
    release_sha256,
)
from rkreport.errors import ConfigError, GuardStop, OutputError
from rkreport.files import reason_of, sha256_of
from rkreport.run.edition.loading import Loaded
from rkreport.run.edition.mail_templates import own_files
from rkreport.run.edition.review_files import BURST_LIST, KINDS
from rkreport.run.edition.sealing import MANIFEST
from rkreport.run.world import World

_OPTIONS = "--release CODE --approved-by NAME"
_CHANGED = (
    "Nothing was sent. The release code is not that of this edition and its burst list, which may have changed"
    " since; let the second person look at rkreport review again, and add the code that it prints now."
)


def release_digest(loaded: Loaded) -> str:
    """The digest of the edition's files, its burst list (who gets which file at which address) and the mail texts.

    Looking at the edition again, or sending some of it, leaves the code as it is.
    """
    manifest = loaded.manifest
    teams = (team.manager for team in loaded.assessment.compliance.teams)
    said = {
        "edition": [str(loaded.assessment.compliance.edition.series), manifest["revision"]],
        "settings": manifest["config_sha256"],
        "snapshot": manifest["run_id"].rpartition("-")[0],
        "files": sorted(
            [file["path"], file["kind"], str(file["manager_id"]), file["sha256"]]
            for file in manifest["files"]
            if file["kind"] not in KINDS
        ),
        "burst_list": sorted([each.manager_id, each.name, each.email, *each.cc, each.language] for each in teams),
        "texts": own_files(loaded.config.mail_templates_dir),
    }
    return release_sha256(said)


def refuse_needless_release(config: Config, code: str | None, approved_by: str | None) -> None:
    """Refuse a release that nothing would look at: the admin believes that it protects.

    Raises:
        ConfigError: a code or a name is given, and the config wants none.
    """
    if not config.settings.release.approval and (code is not None or approved_by is not None):
        raise ConfigError(
            "--release and --approved-by need approval = true below [release] in {path}; add"
            " that and build again, or leave them out.",
            path=config.path,
        )


def released(
    loaded: Loaded,
    world: World,
    code: str | None,
    approved_by: str | None,
    shown: AbstractSet[str] = frozenset(),
    *,
    refused: Callable[[str], None],
) -> Release:
    """The release under which this edition may be sent; an empty one where the config wants none.

    `shown` are the digests for which reviews showed this code: whoever made two with one code gets neither sent.
    `refused` is told why, without a name, before an error is raised.

    Raises:
        GuardStop: the code or the name is missing, the code is another edition's, or the name is the sender's own.
    """
    if not loaded.config.settings.release.approval:
        return NO_RELEASE
    person = name_of_person(approved_by or "")
    if not (code or "").strip() or not person:
        refused("no code or no name")
        raise GuardStop(
            "Nothing was sent. release.approval wants a second person who looks at rkreport"
            " review first; add {options}, with the code that review prints and that person's"
            " name.",
            options=_OPTIONS,
        )
    if not is_name(person):
        refused("what was given for a name is none")
        raise GuardStop(
            "Nothing was sent. --approved-by {person!r} does not read as a name, in letters of one script; write that"
            " of the second person who looked at rkreport review.",
            person=person,
        )
    digest = release_digest(loaded)
    wanted = code_of(digest)
    if not is_same_code(code or "", wanted) or not shown <= {digest}:
        refused("a code that is not of this edition")
        raise GuardStop(_CHANGED)
    if is_same_person(person, world.actor().user):
        refused("the name of the user who sends")
        raise GuardStop(
            "Nothing was sent. --approved-by names the user who sends; name the second person who looked at rkreport"
            " review."
        )
    return Release(wanted, person, digest)


def refuse_changed(loaded: Loaded) -> None:
    """Refuse a message of which something was changed since the release: while a person was asked, or between two.

    Raises:
        OutputError: it is not what was released.
    """
    if loaded.release.sha256 and release_digest(loaded) != loaded.release.sha256:
        raise OutputError(
            "Mail texts were changed after the release; no message was made of them. Let the second person look at"
            " rkreport review again, and send with the code that it prints now."
        )


def about_edition(period: str, revision: int, snapshot_id: str) -> dict[str, str]:
    """The edition as the audit log names it."""
    return {"period": period, "revision": str(revision), "snapshot": snapshot_id}


def about_loaded(loaded: Loaded) -> dict[str, str]:
    """As `about_edition`, of a loaded one."""
    edition = loaded.assessment.compliance.edition
    return about_edition(str(edition.series), edition.revision, loaded.manifest["run_id"].rpartition("-")[0])


def edition_digests(folder: Path, manifest: Manifest) -> dict[str, str]:
    """The digests of an edition's manifest, which has those of all its files, and of its burst list.

    Raises:
        OutputError: the manifest cannot be read.
    """
    (burst_list,) = [file["sha256"] for file in manifest["files"] if file["path"] == BURST_LIST] or [""]
    return {"manifest": _digest(folder / MANIFEST), "burst_list": burst_list}


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise OutputError(
            "{path} cannot be read: {reason}; close what has it open and try again.", path=path, reason=reason_of(error)
        ) from error
