"""The one composition point: plugs config, LMS, store, Excel and delivery together and names the steps in order.

    config → fetch → join → assess → report → render → deliver

`fetching` ends with a finished snapshot, `assessing` turns one into a `Compliance`, `building` writes its workbooks and
manifest, `mailing` its messages. Only these modules know two edges.
"""
