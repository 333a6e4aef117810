"""The results that commands print, for people and for programs."""
