"""Large row changes in ranges of a key (--batch-rows): whether that gives the same result, and what is sent. Pure.

key.py: by which key, and how its values are written; cut.py: the statement's text with a range in it; reading.py and
around.py: what in the text, and around the table, forbids it; choose.py: the decision. chunked.py runs it.
"""
