"""The shared vocabulary: every event the log may hold, by its stored type. Imports nothing of ours."""

from hub.events import (
    activity,
    aggregate,
    agreement,
    assessment,
    capacity,
    case,
    consent,
    contact,
    custody,
    delivery,
    directory,
    framework,
    helpline,
    indicator,
    instrument,
    justice,
    linkage,
    log,
    need,
    offence,
    organisation,
    plan,
    programme,
    protection,
    record,
    referral,
    service,
    shelter,
    subject,
    training,
)
from hub.events.base import Event
from hub.events.old.referral_declined_v1 import ReferralDeclinedV1

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
        referral.ReferralSectorAnswered,
        case.CaseOpened,
        case.CaseClosed,
        case.CaseReopened,
        contact.ContactAttempted,
        contact.ContactHeld,
        consent.ConsentRecorded,
        consent.ConsentWithdrawn,
        assessment.AssessmentCompleted,
        assessment.AssessmentRefused,
        assessment.AssessmentReviewed,
        offence.OffenceDisclosed,
        need.NeedStatusChanged,
        protection.ProtectionRequested,
        protection.ProtectionDecided,
        protection.ProtectionBreached,
        service.ServiceDelivered,
        shelter.ShelterRequestRecorded,
        shelter.ShelterStayStarted,
        shelter.ShelterStayEnded,
        justice.JusticeStageRecorded,
        record.RecordRetracted,
        delivery.DeliveryClosed,
        delivery.ReleasePublished,
        subject.SubjectForgotten,
        linkage.LinkageAuthorised,
        linkage.LinkageEnded,
        agreement.AgreementRecorded,
        log.LogPurged,
        custody.CustodiansEnrolled,
        custody.ActApproved,
        plan.PlanAdopted,
        plan.PillarSet,
        plan.ObjectiveSet,
        plan.MeasurePlanned,
        plan.MilestonePlanned,
        plan.MilestoneReached,
        plan.TargetSet,
        plan.TargetMeasured,
        plan.StatusReported,
        capacity.ShelterCapacityReported,
        helpline.HelplineTallied,
        activity.ActivityHeld,
        training.TrainingHeld,
        organisation.OrganisationSelfAssessed,
        directory.OrganisationListed,
        directory.ServiceListed,
        directory.ServiceRegionListed,
        directory.ServiceHoursListed,
        directory.ServiceChanged,
        directory.ServiceClosed,
        framework.FrameworkAssessed,
        framework.FrameworkRecommended,
        framework.GapFound,
        programme.PartnerJoined,
        programme.PlaceIncluded,
        instrument.InstrumentVersioned,
        indicator.IndicatorValueReported,
        aggregate.AggregateReported,
    )
}
"""Newest version of every event, by stored type `vs.<aggregate>.<event>.v<n>`."""

NEWEST: dict[str, type[Event]] = {event.name: event for event in EVENTS.values()}
"""The same, by name without version: `contact.held`."""

OLD: tuple[type[Event], ...] = (ReferralDeclinedV1,)
"""What newer versions took the place of. Logs hold them for ever, and a partner's older edge still states them."""

MODELS: dict[str, type[Event]] = {
    model.topic(): model
    for newest in EVENTS.values()
    for model in (*(old for old in OLD if old.name == newest.name), newest)
}
"""Every version that was ever stored, by stored type, in the catalogue's order."""
