"""Connects config, LMS, store, Excel and delivery; no other package may import more than one of them.

    config → fetch → join → assess → report → render → deliver

`pipeline` runs the steps in order. `fetch.fetching` reads the LMS into a finished snapshot. `edition.assessing` turns
a snapshot into a `Compliance`; `edition.building` writes its workbooks, review and manifest, `edition.messages` makes
its mails. `send.sending` loads the edition (`edition.loading`), plans its messages (`send.planning`) and sends them one
by one (`send.message_source`, `send.engine`, `send.recorders`). `keep` holds the past, `setup` prepares the first run.
"""
