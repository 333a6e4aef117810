"""What a person looks at before a sending: the burst list, the page, and what stops it. Pure.

Knows verdicts and deliveries; must not know how they are shown, nor who accepts what is unusual.
"""
