"""One question a page; `app.py` holds the table of them.

Not called `pages`: beside a folder of that name Streamlit runs a page without `app.py` when the first visitor after a
start follows a link to it.
"""
