"""The rules, and the content of workbooks and mails: pure functions over frozen values.

No I/O, no async, no clock, no logging; `tests/test_house.py` holds it to that.
"""
