"""What a page says when it has nothing to show: each case says what is the matter and what to do."""

import streamlit as st

from dashboards.frame import heading
from dashboards.words import Words


def no_release(t: Words, title: str) -> None:
    """No release file, or one in which nothing was released yet."""
    heading(title, [t("No release has been published yet.")])
    st.markdown(
        t(
            "Once the first quarter is released, this page shows its referrals and contacts, the action plans, and "
            "which partners delivered. Whoever runs the hub publishes a quarter with:"
        )
    )
    st.code("hub release 2025Q3", language="shell")


def unreadable(t: Words, title: str) -> None:
    """The file is not a release."""
    heading(title, [t("The release file cannot be read.")])
    st.markdown(
        t(
            "It is damaged, or it is not a release. Nothing is shown rather than something wrong. Whoever runs the "
            "hub can look at it and publish again with:"
        )
    )
    st.code("hub status\nhub release 2025Q3", language="shell")
