"""What do the numbers mean, and where do they come from? Definitions, releases, manifests."""

import streamlit as st

from dashboards.frame import View, define, header, heading, plain, table, view


def page(v: View) -> None:
    """The whole page."""
    t = v.words
    releases = v.release.published()
    facts = [
        t("Data as of {day}", day=t.day(releases[0].published_on)) if releases else t("no release"),
        t.n("{n} release", "{n} releases", len(releases)),
        t("these pages read the release and nothing else"),
    ]
    heading(t("What do the numbers mean, and where do they come from?"), facts)
    header(t("What a release is"))
    st.markdown(
        plain(
            t(
                "Partners report what happened; nothing that identifies a person leaves them. Once a quarter is over, "
                "it is released: counted, protected, signed and frozen. A released quarter does not change any more, "
                "so a number can be cited with its release. Everything on these pages, and every download, comes from "
                "released numbers."
            )
        )
    )
    header(t("Definitions"))
    define(v)
    header(t("Releases"))
    table(
        [
            {
                t("Release"): one.release_id,
                t("Period"): one.period if len(one.period) != 6 else t.quarter(one.period),
                t("Published"): t.day(one.published_on),
                t("Position in the log"): t.number(one.position),
                t("Rounded to multiples of"): t.number(one.base),
            }
            for one in releases
        ],
        t("Releases"),
    )
    header(t("Manifest"))
    st.markdown(
        plain(t("The manifest of a release says what it holds, from which position of the log it was made, and how."))
    )
    with st.container(horizontal=True):
        for one in releases:
            name, key = f"{one.release_id}.json", f"manifest-{one.release_id}-{t.lang}"
            st.download_button(name, str(one.manifest), name, "application/json", key, on_click="ignore")


page(view())
