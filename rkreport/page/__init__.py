"""The review as one HTML page that loads nothing. Knows how it looks; must not know how its figures were made."""

from rkreport.page.review import render_review

__all__ = ["render_review"]
