"""What messages say, and what becomes of them. Pure.

Knows addresses, texts and states; must not know how a message is built or sent.
"""
