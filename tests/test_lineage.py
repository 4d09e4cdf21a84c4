"""Which figures an event goes into is read off the warehouse's models, and holds for every event about people."""

from hub.cli.lineage import figures
from hub.events import NEWEST


def test_events_lead_to_the_figures_that_are_made_of_them() -> None:
    found = figures(["contact.held", "referral.accepted", "consent.recorded", "plan.statusreported", "log.purged"])
    assert {"contact_contributions", "contacts_leaf", "return_vrd28"} <= set(found["contact.held"])
    assert {"referral_contributions", "referrals_leaf"} <= set(found["referral.accepted"]), "by a loop over states"
    assert "ind_i01" in found["referral.accepted"], "by the fact that an indicator is told"
    assert "ind_i28" not in found["referral.accepted"]
    assert "contacts_leaf" in found["consent.recorded"], "by a macro"
    assert {"measures", "statuses"} <= set(found["plan.statusreported"])
    assert found["log.purged"] == ["figure_revisions"]


def test_every_referral_and_case_event_counts_somewhere() -> None:
    wanted = [name for name in NEWEST if name.startswith(("referral.", "case."))]
    assert [name for name, into in figures(wanted).items() if not into] == []
    assert "ind_i09" in figures(["referral.sectoranswered"])["referral.sectoranswered"]
