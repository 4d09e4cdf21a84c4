"""Closed code lists, as types. Source, labels and crosswalks of each stand in `codelists/<list>.yaml`.

Every list about a person ends in four different kinds of not knowing:
U unknown to the person, NA not applicable, NR not recorded by this source, REF refused to say.
"""

from typing import Literal

Sex = Literal["F", "M", "X", "U", "NA", "NR", "REF"]
AgeBand = Literal[
    "0-5", "6-11", "12-13", "14-15", "16-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+",
    "child_u", "adult_u", "U", "NA", "NR", "REF",
]  # fmt: skip
YesNo = Literal["Y", "N", "U", "NA", "NR", "REF"]
VictimRole = Literal[
    "DIRECT", "CHILD_WITNESS", "BEREAVED_FAMILY", "FAMILY_OTHER", "WITNESS", "PROFESSIONAL", "CONCERNED_3RD",
    "U", "NA", "NR", "REF",
]  # fmt: skip
NationalityGroup = Literal["NATIONAL", "EU", "NON_EU", "STATELESS", "U", "NA", "NR", "REF"]
ViolenceForm = Literal["PHY", "PSY", "SEX", "ECO", "STK", "FMR", "FGM", "FAB", "SHR", "CYB"]
Relationship = Literal[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "20", "90", "U", "NA", "NR", "REF",
]  # fmt: skip
Offence = Literal[
    "0101", "0102", "0104", "02011", "020111", "020112", "02012", "0202", "0203", "0204", "0205", "0206", "0207",
    "02071", "02072", "0208", "0209", "0301", "03011", "03012", "03019", "0302", "03022", "0401", "0501", "0502",
    "0504", "0701", "0903", "0906", "X1", "X2", "X3", "X4", "X5", "X6", "X7", "X9", "U", "NA", "NR", "REF",
]  # fmt: skip
Channel = Literal[
    "HELPLINE", "PHONE", "F2F_OFFICE", "F2F_COURT", "F2F_POLICE", "F2F_HOSPITAL", "HOME", "OUTREACH", "VIDEO", "CHAT",
    "EMAIL", "SMS_MSG", "LETTER", "WEBFORM", "GROUP", "SELFHELP_ONLINE", "U", "NA", "NR", "REF",
]  # fmt: skip
Service = Literal[
    "INFO_RIGHTS", "COMP_ADVICE", "TRIAL_PREP", "REFERRAL", "EMOTIONAL", "PSYCH", "PRACT_FIN", "RISK_ADVICE", "SHELTER",
    "TRAUMA", "LEGAL_ADVICE", "LEGAL_REP", "COURT_ACCOMP", "VICTIM_STATEMENT", "DAMAGES_CLAIM", "RJ_MEDIATION",
    "MEDICAL", "FORENSIC", "INTERPRET", "SAFETY_PLAN", "CASE_MGMT", "ADVOCACY", "PEER_GROUP", "PSYCHOSOC_GROUP",
    "OUTREACH", "CHILD_SUPPORT", "HOUSING", "LIVELIHOOD", "RETURN_REINT", "CRISIS", "INFO_SESSION",
]  # fmt: skip
ServiceTier = Literal[
    "GENERIC", "SPECIALIST_GBV", "SPECIALIST_SV", "SPECIALIST_CHILD", "SPECIALIST_THB", "SPECIALIST_HATE",
    "SPECIALIST_TERROR", "SPECIALIST_MIGRANT", "PERPETRATOR_PROG", "UNIVERSAL", "U", "NA", "NR",
]  # fmt: skip
ReferralSource = Literal[
    "SELF", "FAMILY_FRIEND", "POLICE", "PROSECUTION", "COURT", "HEALTH", "SCHOOL", "SOCIAL_SVC", "MUNICIPALITY",
    "SHELTER", "HELPLINE", "GENERIC_VS", "SPECIALIST_VS", "LEGAL", "RECEPTION_CENTRE", "MIGRANT_ORG", "KEY_PERSON",
    "EMPLOYER", "OTHER_GOV", "OTHER_NGO", "CROSSBORDER", "OTHER", "U", "NA", "NR",
]  # fmt: skip
ReferralMode = Literal[
    "INFO_ONLY", "TRANSFER_AUTO", "TRANSFER_OPTOUT", "TRANSFER_CONSENT", "WARM_HANDOVER", "ACCOMPANIED",
    "U", "NA", "NR",
]  # fmt: skip
DeclinedBy = Literal["SERVICE", "VICTIM", "U", "NR"]
DeclineReason = Literal[
    "NO_CAPACITY", "OUT_OF_AREA", "NOT_ELIGIBLE", "LANGUAGE", "RESIDENCE_STATUS", "SAFETY", "CHILDREN_NOT_ADMITTED",
    "DISABILITY_ACCESS", "SUBSTANCE_MH_EXCLUSION", "DUPLICATE", "WRONG_SERVICE", "OTHER", "U", "NA", "NR", "REF",
]  # fmt: skip
Closure = Literal[
    "NEEDS_MET", "PLAN_DONE", "CLIENT_REQUEST", "NO_CONTACT", "MOVED", "TRANSFERRED", "NOT_ELIGIBLE", "FUNDING",
    "DECEASED", "OTHER", "U", "NR",
]  # fmt: skip
ContactResult = Literal["REACHED", "NO_ANSWER", "UNSAFE_TO_CALL", "WRONG_NUMBER", "U", "NR"]
DurationBand = Literal["0-15", "16-30", "31-60", "61-120", "121+", "U", "NR"]
"""Minutes."""
CorrectionReason = Literal["RESTATED", "AMENDED"]
"""RESTATED: the source now says otherwise. AMENDED: a plan was changed on purpose, both versions were true."""
ConsentPurpose = Literal["SERVICE", "REFERRAL", "REPORTING", "LINKAGE"]
ConsentRecipient = Literal[
    "ANY", "HUB", "PUBLIC", "GENERIC_VS", "SPECIALIST_VS", "SHELTER", "HEALTH", "LEGAL", "POLICE", "PROSECUTION",
    "COURT", "SOCIAL_SVC", "CHILD_PROTECTION", "LIVELIHOOD", "OTHER",
]  # fmt: skip
"""ANY: all of them."""
ConsentAnswer = Literal["GRANTED", "REFUSED"]
ConsentGiver = Literal["SELF", "GUARDIAN", "REPRESENTATIVE", "U", "NR"]
LawfulBasis = Literal[
    "ART6_1_A", "ART6_1_B", "ART6_1_C", "ART6_1_D", "ART6_1_E", "ART6_1_F", "ART9_2_A", "ART9_2_B", "ART9_2_C",
    "ART9_2_D", "ART9_2_E", "ART9_2_F", "ART9_2_G", "ART9_2_H", "ART9_2_I", "ART9_2_J", "NR",
]  # fmt: skip
ErasureReason = Literal["NOT_NECESSARY", "CONSENT_WITHDRAWN", "OBJECTION", "UNLAWFUL", "LEGAL_OBLIGATION"]
LinkageBasis = Literal["CONSENT", "LEGAL_OBLIGATION", "PUBLIC_TASK"]
ActKind = Literal["FORGET", "PURGE", "CLOSE_EPOCH", "DESTROY_KEYS", "EARLY_RELEASE"]
PurgeReason = Literal["PERIOD_ENDED", "MANDATE_ENDED", "LEGAL_OBLIGATION"]
RetractionReason = Literal["NO_LONGER_STATED"]
"""NO_LONGER_STATED: a complete delivery does not state the fact any more."""
AssessmentKind = Literal["PROTECTION", "SUPPORT", "RISK"]
AssessmentInstrument = Literal[
    "INA", "EVVI", "DASH", "SARA", "B_SAFER", "ODARA", "EVA", "VIOGEN", "RVD", "MARAC", "OWN", "OTHER", "U", "NR",
]  # fmt: skip
AssessmentStage = Literal["INITIAL", "IN_DEPTH", "SINGLE", "NR"]
AssessmentExtent = Literal["COMPLETE", "PARTIAL", "NR"]
RiskLevel = Literal["NONE", "LOW", "MEDIUM", "HIGH", "EXTREME", "U", "NA", "NR"]
ReviewTrigger = Literal[
    "SCHEDULED", "NEW_OFFENCE", "SEPARATION", "MEASURE_BREACHED", "NEW_FACTS", "REQUEST", "OTHER", "U", "NR",
]  # fmt: skip
Assessor = Literal[
    "VS_STAFF", "VS_VOLUNTEER", "PSYCHOLOGIST", "SOCIAL_WORKER", "HEALTH", "POLICE", "PROSECUTION", "COURT", "OTHER",
    "U", "NR",
]  # fmt: skip
Need = Literal[
    "SAFETY", "SHELTER", "MEDICAL", "PSYCH", "INFO_RIGHTS", "LEGAL", "FINANCIAL", "COMPENSATION", "HOUSING", "CHILDREN",
    "EMPLOYMENT", "RESIDENCE", "LANGUAGE", "ACCESSIBILITY", "PROCEDURAL", "RJ", "SOCIAL",
]  # fmt: skip
NeedStatus = Literal["OPEN", "IN_PROGRESS", "MET", "PARTLY", "NOT_MET", "REFUSED", "U", "NR"]
OffenceTag = Literal[
    "ATTEMPTED", "WEAPON", "CYBER", "BIAS_MOTIVE", "GENDER_MOTIVE", "ORGANISED", "GAIN", "ABDUCTION",
    "HARMFUL_PRACTICE",
]  # fmt: skip
GbvimsType = Literal["RAPE", "SA", "PA", "FM", "DRO", "PEA", "NONGBV", "NR"]
Frequency = Literal["SINGLE", "REPEATED", "CONTINUED", "U", "NA", "NR", "REF"]
OffenceDuration = Literal["UNDER_1M", "1M_1Y", "1Y_5Y", "OVER_5Y", "U", "NA", "NR", "REF"]
DelayBand = Literal["0-3D", "4-5D", "6-14D", "15-30D", "1-3M", "3M+", "U", "NA", "NR"]
PlaceType = Literal[
    "HOME", "OTHER_HOME", "WORK", "SCHOOL", "CARE", "DETENTION", "RECEPTION", "PUBLIC", "TRANSPORT", "ONLINE", "OTHER",
    "U", "NA", "NR", "REF",
]  # fmt: skip
OffenceCountry = Literal["SAME", "EU", "NON_EU", "U", "NA", "NR", "REF"]
ReportedElsewhere = Literal["NO", "HUB_PARTNER", "OTHER", "U", "NA", "NR", "REF"]
PerpetratorAgeBand = Literal["0-17", "18+", "U", "NA", "NR", "REF"]
Perpetrators = Literal["ONE", "SEVERAL", "U", "NA", "NR", "REF"]
ProtectionMeasure = Literal[
    "PREMISES", "TRAINED_INTERVIEWER", "SAME_INTERVIEWER", "SAME_SEX_INTERVIEWER", "NO_VISUAL_CONTACT",
    "REMOTE_HEARING", "NO_PRIVATE_QUESTIONS", "CLOSED_HEARING", "RECORDED_INTERVIEW", "CHILD_REPRESENTATIVE",
    "CHILD_LAWYER", "EMERGENCY_BARRING", "RESTRAINING", "PROTECTION_ORDER", "EUROPEAN_ORDER", "PHONE_ALARM",
    "E_MONITORING", "WITNESS_PROTECTION", "SAFE_HOUSE", "OTHER",
]  # fmt: skip
ProtectionBasis = Literal["CIVIL", "CRIMINAL", "ADMINISTRATIVE", "U", "NR"]
ProtectionActor = Literal["VICTIM", "VS", "POLICE", "PROSECUTION", "COURT", "SOCIAL_SVC", "OTHER", "U", "NR"]
ProtectionOutcome = Literal["GRANTED", "REFUSED", "VARIED", "LIFTED", "EXPIRED", "U", "NR"]
BreachResponse = Literal["NONE", "PENDING", "WARNING", "ARREST", "CHARGED", "SANCTIONED", "U", "NR"]
ServiceUnit = Literal["ACT", "SESSION", "HOUR", "NIGHT", "DOCUMENT", "NR"]
Sector = Literal["SAFE_HOUSE", "HEALTH", "PSYCHOSOCIAL", "LEGAL", "POLICE", "LIVELIHOOD", "CHILD_PROTECTION"]
SectorAnswer = Literal[
    "REFERRED", "PROVIDED_HERE", "ALREADY_RECEIVED", "NOT_APPLICABLE", "DECLINED", "UNAVAILABLE", "NR",
]  # fmt: skip
Accommodation = Literal[
    "EMERGENCY", "WOMENS_SHELTER", "FAMILY_SHELTER", "MIXED", "TRANSITIONAL", "SAFE_FLAT", "LGBTI", "MEN", "CHILDREN",
    "THB_SAFEHOUSE", "CULTURAL", "PERP_ACCOM", "U", "NR",
]  # fmt: skip
ChildrenBand = Literal["0", "1", "2", "3+", "U", "NA", "NR", "REF"]
StayLength = Literal["0-7", "8-30", "31-90", "91-180", "181+", "U", "NR"]
Destination = Literal[
    "OWN_HOME", "NEW_HOME", "FAMILY_FRIENDS", "OTHER_SHELTER", "RETURNED", "INSTITUTION", "ABROAD", "OTHER", "U", "NA",
    "NR", "REF",
]  # fmt: skip
ShelterOutcome = Literal["ADMITTED", "REFUSED", "REDIRECTED", "WAITLISTED", "WITHDRAWN", "U", "NR"]
JusticeStage = Literal[
    "REPORTED", "INVESTIGATED", "DISCONTINUED", "CHARGED", "PROSECUTED", "CONVICTED", "ACQUITTED", "SENTENCED",
    "APPEALED", "COMPENSATION_AWARDED", "COMPENSATION_PAID",
]  # fmt: skip
Sentence = Literal["CUSTODIAL", "SUSPENDED", "COMMUNITY", "FINE", "OTHER", "U", "NA", "NR"]
PlacesUnit = Literal["BED", "FAMILY_PLACE", "ROOM"]
SiteBand = Literal["1", "2", "3+"]
Admission = Literal[
    "WOMEN", "MEN", "CHILDREN", "WITH_CHILDREN", "LGBTI", "ANY_RESIDENCE", "DISABILITY", "SUBSTANCE_USE",
    "MENTAL_ILLNESS", "NO_COMPLAINT", "FREE",
]  # fmt: skip
Helpline = Literal["116006", "116016", "116111", "116000", "NATIONAL", "LOCAL"]
ActivityKind = Literal[
    "INFO_SESSION", "WORKSHOP", "PEER_GROUP", "PSYCHOSOC_GROUP", "THEME_MEETING", "SCHOOL_CLASS", "CAMPAIGN",
    "CONSULTATION", "ADVISORY_BOARD", "OTHER",
]  # fmt: skip
Audience = Literal[
    "VICTIMS", "CHILD_VICTIMS", "MIGRANTS", "PERPETRATORS", "PUPILS", "PROFESSIONALS", "KEY_PERSONS", "PUBLIC", "OTHER",
    "NR",
]  # fmt: skip
ActivityLeader = Literal["STAFF", "KEY_PERSON", "PEER", "OTHER", "NR"]
Profession = Literal[
    "POLICE", "JUDGE", "PROSECUTOR", "LAWYER", "HEALTH", "SOCIAL", "VICTIM_SUPPORT", "TEACHER", "INTERPRETER",
    "RECEPTION", "MEDIATOR", "OTHER", "NR",
]  # fmt: skip
TrainingLevel = Literal["GENERAL", "SPECIALIST", "TRAINER", "NR"]
OrganisationKind = Literal[
    "NAT_VS_ORG", "GBV_NGO", "SHELTER", "SV_CENTRE", "POLICE", "PROSECUTION", "COURT", "MUNICIPALITY", "SOCIAL_SVC",
    "HEALTH", "INTL_ORG", "MIGRANT_NGO", "HELPLINE", "UNIV", "NSI", "MINISTRY", "COORD_BODY", "OTHER", "NR",
]  # fmt: skip
ServiceStatus = Literal["ACTIVE", "INACTIVE", "DEFUNCT", "TEMPORARILY_CLOSED", "NR"]
LegalInstrument = Literal[
    "VRD", "VAWD", "IC", "THBD", "EPO", "CPM", "COMPD", "RECEPTION", "QUALIFICATION", "VSE", "NATIONAL", "OTHER",
]  # fmt: skip
FrameworkDimension = Literal["LAW", "PRACTICE", "RESOURCES", "DATA", "ACCESS"]
FrameworkStatus = Literal["BEYOND", "FULL", "PARTIAL", "MINIMAL", "NONE", "NA", "UNKNOWN"]
TargetGroup = Literal[
    "ALL", "CHILDREN", "OLDER", "MEN", "LGBTI", "DISABILITY", "MIGRANTS", "ASYLUM_SEEKERS", "UNDOCUMENTED", "THB",
]  # fmt: skip
RecommendingBody = Literal["GREVIO", "CEDAW", "EC", "FRA", "VSE", "INVICTUS", "2G4V", "PROTECT", "OTHER"]
Urgency = Literal["URGES", "STRONGLY_ENCOURAGES", "ENCOURAGES", "INVITES", "NR"]
RecommendationStatus = Literal["OPEN", "PARTLY", "DONE", "REJECTED", "NR"]
GapKind = Literal["MISSING", "INSUFFICIENT", "INACCESSIBLE", "UNCOORDINATED", "DUPLICATED"]
GapStatus = Literal["OPEN", "PARTLY", "CLOSED", "ACCEPTED"]
PartnerRole = Literal["COORDINATOR", "LEAD", "PARTNER", "ADVISER", "FUNDER"]
PlaceKind = Literal["COUNTRY", "REGION", "POLICE_ZONE", "MUNICIPALITY", "CITY"]
PlaceRole = Literal["IMPLEMENTING", "LEAD", "MAPPED", "COMPARATOR"]
InstrumentKind = Literal["NEEDS", "RISK", "ORGANISATION"]
ObsStatus = Literal["A", "B", "D", "E", "L", "M", "P", "Q", "U"]
ConfStatus = Literal["F", "C", "A", "D", "N"]
CountingUnit = Literal[
    "PERSON", "CASE", "OFFENCE", "CONTACT", "SERVICE_ACT", "REFERRAL", "REGISTRATION", "CALL", "ORDER", "PERPETRATOR",
]  # fmt: skip
RelationScope = Literal["IPV", "DV", "ANY"]
SmallCounts = Literal["ROUNDED_5", "ROUNDED_10", "CONTROLLED_5"]
