"""The release of a loaded edition by a second person, and the digests by which the audit log names an edition.

Knows what the code stands for; must not ask anybody.
"""

from collections.abc import Mapping
from pathlib import Path

from rkreport.config.load import Config
from rkreport.core.manifest import Manifest
from rkreport.core.release import NO_RELEASE, Release, code_of, is_same_code, is_same_person, name_of_person
from rkreport.errors import ConfigError, GuardStop, OutputError
from rkreport.files import reason_of, sha256_of
from rkreport.run.edition.loading import Loaded
from rkreport.run.edition.review_files import BURST_LIST, KINDS
from rkreport.run.edition.sealing import MANIFEST
from rkreport.run.world import World

_OPTIONS = "--release CODE --approved-by NAME"


def release_code(loaded: Loaded) -> str:
    """The code over the edition's files, its burst list (who gets which file at which address) and the mail texts.

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
        "texts": _own_texts(loaded.config.mail_templates_dir),
    }
    return code_of(said)


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


def released(loaded: Loaded, world: World, code: str | None, approved_by: str | None) -> Release:
    """The release under which this edition may be sent; an empty one where the config wants none.

    Raises:
        GuardStop: the code or the name is missing, the code is another edition's, or the name is the sender's own.
    """
    if not loaded.config.settings.release.approval:
        return NO_RELEASE
    person = name_of_person(approved_by or "")
    if not (code or "").strip() or not person:
        raise GuardStop(
            "Nothing was sent. release.approval wants a second person who looks at rkreport"
            " review first; add {options}, with the code that review prints and that person's"
            " name.",
            options=_OPTIONS,
        )
    wanted = release_code(loaded)
    if not is_same_code(code or "", wanted):
        raise GuardStop(
            "Nothing was sent. The release code is not that of this edition and its burst list, which may have changed"
            " since; let the second person look at rkreport review again, and add the code that it prints now."
        )
    if is_same_person(person, world.actor().user):
        raise GuardStop(
            "Nothing was sent. --approved-by names the user who sends; name the second person who looked at rkreport"
            " review."
        )
    return Release(wanted, person)


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


def _own_texts(folder: Path | None) -> Mapping[str, str]:
    """The admin's own mail texts: they may change after a build."""
    if folder is None or not folder.is_dir():
        return {}
    return {path.name: _digest(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise OutputError(
            "{path} cannot be read: {reason}; close what has it open and try again.", path=path, reason=reason_of(error)
        ) from error
