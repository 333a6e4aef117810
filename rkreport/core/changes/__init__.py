"""Why the rate moved since the last report: every requirement that moved it, each with one cause. Pure.

Knows two reports, requirement by requirement; must not know where the earlier one is kept or how a change is shown.
"""
