"""Renders the review as one HTML page that loads nothing. Must not know how its figures were made."""

from rkreport.page.review import render_review

__all__ = ["render_review"]
