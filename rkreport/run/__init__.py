"""The one composition point: plugs config, LMS, store, Excel and delivery together and names the steps in order.

    config → fetch → join → assess → report → render → deliver

`fetching` ends with a finished snapshot, `assessing` turns one into a `Compliance`, `building` writes its workbooks and
manifest, `mailing` its messages. `sending` finds the `edition` again, makes its plan (`planning`), and hands
over one message after the other (`mailroom`, `campaign`, `books`). Only these modules know two edges.
"""
