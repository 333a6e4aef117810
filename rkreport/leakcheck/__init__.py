"""An independent reader of finished workbooks; it must not import the writer."""
