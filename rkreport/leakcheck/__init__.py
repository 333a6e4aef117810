"""An independent reader of finished workbooks. It must not import the writer."""
