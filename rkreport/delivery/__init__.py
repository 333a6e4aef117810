"""From composed texts and finished workbooks to messages on disk. Knows nothing of the LMS, the store or Excel."""
