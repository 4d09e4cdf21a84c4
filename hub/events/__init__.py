"""The shared vocabulary: every event the log may hold, by its stored type. Imports nothing of ours."""

from hub.events import case, contact, delivery, plan, record, referral
from hub.events.base import Event

EVENTS: dict[str, type[Event]] = {
    event.topic(): event
    for event in (
        referral.ReferralSent,
        referral.ReferralReceived,
        referral.ReferralAccepted,
        referral.ReferralDeclined,
        referral.ReferralWaitlisted,
        referral.ReferralScheduled,
        referral.ReferralNoShow,
        referral.ReferralEngaged,
        referral.ReferralCancelled,
        referral.ReferralCompleted,
        referral.ReferralFailed,
        case.CaseOpened,
        case.CaseClosed,
        case.CaseReopened,
        contact.ContactAttempted,
        contact.ContactHeld,
        record.RecordRetracted,
        delivery.DeliveryClosed,
        delivery.ReleasePublished,
        plan.PlanAdopted,
        plan.PillarSet,
        plan.ObjectiveSet,
        plan.MeasurePlanned,
        plan.MilestonePlanned,
        plan.MilestoneReached,
        plan.TargetSet,
        plan.TargetMeasured,
        plan.StatusReported,
    )
}
"""Newest version of every event, by stored type `vs.<aggregate>.<event>.v<n>`."""

NEWEST: dict[str, type[Event]] = {event.name: event for event in EVENTS.values()}
"""The same, by name without version: `contact.held`."""
