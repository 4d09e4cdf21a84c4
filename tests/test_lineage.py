"""Which figures an event goes into is read off the warehouse's models, and holds for every event about people."""

from hub.cli.lineage import figures
from hub.events import NEWEST


def test_events_lead_to_the_figures_that_are_made_of_them() -> None:
    found = figures(["contact.held", "referral.accepted", "consent.recorded", "plan.statusreported", "log.purged"])
    assert found["contact.held"] == ["contact_contributions", "contacts_leaf"]
    assert found["referral.accepted"] == ["referral_contributions", "referrals_leaf"], "by a loop over states"
    assert "contacts_leaf" in found["consent.recorded"], "by a macro"
    assert {"measures", "statuses"} <= set(found["plan.statusreported"])
    assert found["log.purged"] == []


def test_every_referral_and_case_event_counts_somewhere() -> None:
    wanted = [name for name in NEWEST if name.startswith(("referral.", "case."))]
    # A sector's answer is kept, and no figure is made of it yet.
    assert [name for name, into in figures(wanted).items() if not into] == ["referral.sectoranswered"]
