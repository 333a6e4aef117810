"""Connects the edges: config, LMS, store, Excel, delivery and the others. They never import each other.

    fetch → choose → assess → build → send

`cli` takes only config, log, words and values of `rkreport.store` and `rkreport.lms.browse` from them.
`pipeline` runs the steps in order. `fetch.fetching` reads the LMS into a finished snapshot. `edition.assessing` turns
a snapshot into a `Compliance`; `edition.building` writes its workbooks, review and manifest, `edition.messages` makes
its mails. `send.sending` loads the edition (`edition.loading`), checks it (`send.checking`), plans its messages
(`send.planning`) and sends them one by one (`send.message_source`, `send.engine`, `send.recorders`). `keep` holds the
past, `setup` prepares the first run.
"""
