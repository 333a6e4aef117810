"""The tables of the store, as the steps that lead to them from any older version. Knows no code that uses them."""

from typing import Final

# One entry per version, oldest first; opening an older store runs the entries that it has not seen. Never edit an
# entry, only append.
MIGRATIONS: Final = (
    """
    CREATE TABLE snapshot (
        id TEXT PRIMARY KEY,
        plan TEXT NOT NULL,            -- digest of what was to be fetched
        host TEXT NOT NULL,
        started_at TEXT NOT NULL,      -- ISO 8601, UTC
        finished_at TEXT,              -- NULL: can be continued
        requests INTEGER NOT NULL DEFAULT 0,
        retries INTEGER NOT NULL DEFAULT 0,
        seconds REAL NOT NULL DEFAULT 0,  -- of fetching, without the time between interruption and resumption
        lists TEXT                     -- JSON, what each list proved
    ) STRICT;
    CREATE TABLE page (
        snapshot_id TEXT NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
        list TEXT NOT NULL,
        pass INTEGER NOT NULL,
        number INTEGER NOT NULL,
        fetched_at TEXT NOT NULL,
        sha256 TEXT NOT NULL,          -- of the body as received
        body BLOB NOT NULL,            -- zlib
        PRIMARY KEY (snapshot_id, list, pass, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE result (
        period TEXT PRIMARY KEY,
        built_at TEXT NOT NULL,
        figures TEXT NOT NULL          -- JSON
    ) STRICT;
    """,
    """
    CREATE TABLE delivery (
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        manager_id TEXT NOT NULL,
        recipient TEXT NOT NULL,
        cc TEXT NOT NULL,              -- JSON
        language TEXT NOT NULL,
        message_id TEXT NOT NULL,
        file TEXT NOT NULL,
        file_sha256 TEXT NOT NULL,
        content_sha256 TEXT NOT NULL,
        figures TEXT NOT NULL,         -- JSON
        state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'unknown')),
        attempts INTEGER NOT NULL DEFAULT 0,
        reply TEXT NOT NULL DEFAULT '',
        size_bytes INTEGER NOT NULL DEFAULT 0,
        planned_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (period, revision, manager_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE delivery_event (          -- never changed: what happened to each message, in order
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        manager_id TEXT NOT NULL,
        at TEXT NOT NULL,
        state TEXT NOT NULL,
        reply TEXT NOT NULL
    ) STRICT;
    CREATE TABLE purge (                   -- never purged: what was deleted, when, and by which rule; no names
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        older_than_months INTEGER NOT NULL,
        what TEXT NOT NULL             -- JSON: counts and ids of what was deleted
    ) STRICT;
    """,
    """
    ALTER TABLE delivery ADD COLUMN transport TEXT NOT NULL DEFAULT 'smtp';
    """,
    # Before, a month had one result, of its newest build. The month's sent edition counts as made from that build.
    """
    CREATE TABLE edition_result (          -- the figures of each edition: which of them stand is for the ledger to say
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        handed_over INTEGER NOT NULL,      -- what is known besides the ledger: its number in `results.Standing`
        built_at TEXT NOT NULL,
        figures TEXT NOT NULL,             -- JSON
        PRIMARY KEY (period, revision, handed_over)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO edition_result (period, revision, handed_over, built_at, figures)
    SELECT period,
        coalesce(
            (SELECT max(revision) FROM delivery AS sent WHERE sent.period = result.period
                AND sent.state IN ('sending', 'sent', 'unknown') AND sent.transport <> 'outbox'),
            (SELECT max(revision) FROM delivery AS sent WHERE sent.period = result.period
                AND sent.state IN ('sending', 'sent', 'unknown')),
            1
        ),
        1, built_at, figures
    FROM result;
    DROP TABLE result;
    """,
    """
    CREATE TABLE base (                    -- the editions that were sent or written, and what each told of whom
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        is_written INTEGER NOT NULL,       -- 1: into the outbox
        kept_at TEXT NOT NULL,
        is_whole INTEGER NOT NULL,         -- 0: read from managers' workbooks, so who had no manager may be missing
        PRIMARY KEY (period, revision, is_written)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE base_requirement (
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        is_written INTEGER NOT NULL,
        person TEXT NOT NULL,              -- an employee id, where there is one
        manager_id TEXT NOT NULL,
        course TEXT NOT NULL,
        status TEXT NOT NULL,
        counts TEXT NOT NULL,
        FOREIGN KEY (period, revision, is_written) REFERENCES base ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX base_requirement_edition ON base_requirement (period, revision, is_written);
    """,
    """
    CREATE TABLE seal (                    -- the files of each edition as they were built, its manifest among them
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        path TEXT NOT NULL,                -- in the edition's folder, with slashes
        sha256 TEXT NOT NULL,
        PRIMARY KEY (period, revision, path)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE archived (sha256 TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;  -- the archive's files that this store kept
    CREATE TABLE origin (                  -- one row: which data folder this is, for ever
        lineage TEXT NOT NULL,
        is_archive_known INTEGER NOT NULL  -- 0: what the archive held before `archived` is still to be listed there
    ) STRICT;
    INSERT INTO origin (lineage, is_archive_known)
    SELECT 'rk-' || lower(hex(randomblob(8))), NOT EXISTS (SELECT 1 FROM delivery);
    """,
    # Before, a message in the outbox was `sent`; now it is `written`, never in doubt. `again` is new in the key.
    """
    ALTER TABLE delivery RENAME TO delivery_before;
    CREATE TABLE delivery (
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        manager_id TEXT NOT NULL,
        again INTEGER NOT NULL DEFAULT 0,  -- how often the same file had been sent on purpose, from 0
        reason TEXT NOT NULL DEFAULT '',   -- why it was
        recipient TEXT NOT NULL,
        cc TEXT NOT NULL,                  -- JSON
        language TEXT NOT NULL,
        message_id TEXT NOT NULL,
        file TEXT NOT NULL,
        file_sha256 TEXT NOT NULL,
        content_sha256 TEXT NOT NULL,
        figures TEXT NOT NULL,             -- JSON
        state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'written', 'failed', 'unknown')),
        attempts INTEGER NOT NULL DEFAULT 0,
        reply TEXT NOT NULL DEFAULT '',
        size_bytes INTEGER NOT NULL DEFAULT 0,
        planned_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        transport TEXT NOT NULL DEFAULT 'smtp',
        PRIMARY KEY (period, revision, manager_id, again)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO delivery (period, revision, manager_id, recipient, cc, language, message_id, file, file_sha256,
        content_sha256, figures, state, attempts, reply, size_bytes, planned_at, changed_at, transport)
    SELECT period, revision, manager_id, recipient, cc, language, message_id, file, file_sha256, content_sha256,
        figures,
        CASE WHEN transport <> 'outbox' THEN state WHEN state = 'sent' THEN 'written'
            WHEN state IN ('sending', 'unknown') THEN 'planned' ELSE state END,
        attempts, reply, size_bytes, planned_at, changed_at, transport
    FROM delivery_before;
    ALTER TABLE delivery_event ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
    INSERT INTO delivery_event (period, revision, manager_id, at, state, reply)
    SELECT period, revision, manager_id, delivery.changed_at, delivery.state, 'a file in the outbox is not sent'
    FROM delivery JOIN delivery_before AS was USING (period, revision, manager_id) WHERE was.state <> delivery.state;
    DROP TABLE delivery_before;
    CREATE TABLE sent_master (             -- the master of each edition of which a message was sent or written
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        file TEXT NOT NULL,
        file_sha256 TEXT NOT NULL,
        kept_at TEXT NOT NULL,
        PRIMARY KEY (period, revision)
    ) STRICT, WITHOUT ROWID;
    """,
    # Before, the reply began with the number of copies that the server did not take.
    """
    ALTER TABLE delivery ADD COLUMN copies_missed INTEGER NOT NULL DEFAULT 0;
    UPDATE delivery SET copies_missed = CAST(reply AS INTEGER)
    WHERE state = 'sent' AND reply GLOB '[0-9]* of [0-9]* copies not taken (*';
    """,
    """
    CREATE TABLE answer (                  -- what managers wrote beside the rows of their workbooks
        period TEXT NOT NULL,              -- of the workbook that came back, as in `delivery`
        revision INTEGER NOT NULL,
        manager_id TEXT NOT NULL,
        address TEXT NOT NULL,             -- to which that workbook had gone, in lower case
        employee_id TEXT NOT NULL,
        user_serial TEXT NOT NULL,
        name_sha256 TEXT NOT NULL,         -- the beginning of a digest
        course TEXT NOT NULL,
        choice TEXT NOT NULL,              -- the key of a reason that can be chosen, else ''
        reason TEXT NOT NULL,              -- any other reason
        planned_on TEXT,
        note TEXT NOT NULL,
        sent_at TEXT NOT NULL,             -- when that workbook had gone: the newest wins
        collected_at TEXT NOT NULL,
        file_sha256 TEXT NOT NULL,         -- of the file that came back
        PRIMARY KEY (manager_id, address, employee_id, user_serial, name_sha256, course)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE returned (                -- the files that were read, so that each is read once
        file_sha256 TEXT PRIMARY KEY,
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        manager_id TEXT NOT NULL,
        sent_at TEXT NOT NULL,
        collected_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    # From here on `figures` may hold `exempt`, which an older rkreport would take for damage.
    "SELECT 1;",
    # The audit log is the file audit.jsonl; who approved a message that was given to a mail server is new.
    """
    CREATE TABLE audit_head (              -- one row: how the audit log ends
        number INTEGER NOT NULL,           -- of its last line that is known to be whole in the file, 0: none
        sha256 TEXT NOT NULL,              -- of that line
        size INTEGER NOT NULL,             -- of the file up to there
        pending TEXT NOT NULL              -- the line after it, written here first; '': none
    ) STRICT;
    INSERT INTO audit_head (number, sha256, size, pending)
    VALUES (0, '0000000000000000000000000000000000000000000000000000000000000000', 0, '');
    ALTER TABLE delivery ADD COLUMN release_code TEXT NOT NULL DEFAULT '';
    ALTER TABLE delivery ADD COLUMN approved_by TEXT NOT NULL DEFAULT '';
    """,
    # From here on the body of a page may be encrypted, which an older rkreport would take for damage.
    """
    CREATE TABLE store_key (               -- one row as soon as pages are encrypted
        salt BLOB NOT NULL,                -- with which the key is made from the admin's
        proof BLOB NOT NULL                -- opens with this key alone
    ) STRICT;
    """,
)
