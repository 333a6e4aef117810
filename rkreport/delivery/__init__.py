"""Makes messages from composed mails and workbooks, and delivers them: as files, or to a mail server.

Must not know the LMS, the store or Excel.
"""
