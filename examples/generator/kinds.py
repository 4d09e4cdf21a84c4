"""Kinds of victimisation, each with its joint distribution: who did it, in which forms, to whom, at what age.

Relationships, forms and offences stand here in the hub's codes; each partner's module says them in its own words.
The shares are invented, in the range that victim-support yearbooks show.
"""

from dataclasses import dataclass

from examples.generator.draw import Choice

ADULT = Choice({(18, 25): 14, (25, 35): 24, (35, 45): 25, (45, 55): 18, (55, 65): 11, (65, 92): 8})
YOUNG = Choice({(12, 16): 16, (16, 18): 14, (18, 25): 36, (25, 35): 19, (35, 45): 9, (45, 75): 6})
CHILD = Choice({(2, 6): 12, (6, 12): 38, (12, 14): 22, (14, 16): 18, (16, 18): 10})
OLD = Choice({(45, 55): 20, (55, 65): 32, (65, 75): 28, (75, 93): 20})
ANY = Choice({(4, 18): 8, (18, 25): 13, (25, 35): 20, (35, 45): 18, (45, 55): 16, (55, 65): 13, (65, 92): 12})


@dataclass(frozen=True)
class Kind:
    """One kind: `female` is the share of women and girls, `forms` the chance of each form of violence."""

    relations: Choice[str]
    female: float
    ages: Choice[tuple[int, int]]
    forms: tuple[tuple[str, float], ...]
    offences: Choice[str]
    always: str = ""


PARTNER_FORMS = (("PSY", 0.86), ("PHY", 0.55), ("ECO", 0.21), ("SEX", 0.09), ("STK", 0.17), ("CYB", 0.06))
FAMILY_FORMS = (("PSY", 0.8), ("PHY", 0.5), ("ECO", 0.17), ("SEX", 0.03))

KINDS: dict[str, Kind] = {
    "partner": Kind(
        Choice({"01": 56, "02": 44}), 0.86, ADULT, PARTNER_FORMS,
        Choice({"02011": 46, "020111": 8, "02012": 22, "0207": 14, "02072": 10}), "PSY",
    ),
    "family": Kind(
        Choice({"03": 42, "04": 27, "05": 11, "06": 15, "07": 5}), 0.66, ANY, FAMILY_FORMS,
        Choice({"02011": 50, "020112": 14, "02012": 24, "0207": 12}), "PSY",
    ),
    "sexual": Kind(
        Choice({"20": 22, "09": 25, "08": 15, "06": 9, "01": 6, "02": 5, "11": 6, "10": 7, "12": 5}), 0.88, YOUNG,
        (("PHY", 0.2), ("PSY", 0.35), ("SHR", 0.18), ("CYB", 0.08)),
        Choice({"0301": 15, "03011": 40, "03012": 37, "03019": 8}), "SEX",
    ),
    "child_sexual": Kind(
        Choice({"03": 24, "06": 24, "09": 20, "08": 9, "11": 10, "20": 9, "05": 4}), 0.79, CHILD,
        (("PSY", 0.4), ("CYB", 0.14)),
        Choice({"03012": 52, "03011": 16, "03022": 32}), "SEX",
    ),
    "stalking": Kind(
        Choice({"02": 34, "09": 22, "08": 8, "10": 8, "20": 14, "12": 14}), 0.81, ADULT,
        (("PSY", 0.6), ("CYB", 0.35)), Choice({"02072": 80, "02071": 20}), "STK",
    ),
    "assault": Kind(
        Choice({"20": 46, "09": 26, "08": 10, "10": 6, "11": 3, "12": 9}), 0.41, ANY,
        (("PSY", 0.25),), Choice({"020111": 20, "020112": 34, "02011": 36, "0401": 10}), "PHY",
    ),
    "threat": Kind(
        Choice({"20": 24, "09": 38, "08": 8, "10": 10, "12": 20}), 0.5, ADULT,
        (("CYB", 0.15),), Choice({"02012": 82, "02071": 18}), "PSY",
    ),
    "trafficking": Kind(
        Choice({"12": 40, "09": 25, "10": 20, "20": 15}), 0.63, YOUNG,
        (("PSY", 0.6), ("PHY", 0.3), ("SEX", 0.3), ("ECO", 0.5)), Choice({"0204": 100}),
    ),
    "property": Kind(
        Choice({"20": 62, "90": 30, "09": 8}), 0.5, ADULT, (),
        Choice({"0501": 34, "0502": 40, "0701": 20, "0504": 6}),
    ),
    "traffic": Kind(Choice({"NA": 100}), 0.48, ANY, (), Choice({"X1": 100})),
    "other": Kind(
        Choice({"NA": 40, "09": 25, "20": 15, "90": 20}), 0.55, ADULT, (),
        Choice({"0208": 30, "0209": 8, "0903": 10, "X2": 8, "X3": 6, "X4": 6, "X9": 32}),
    ),
}  # fmt: skip

CHILD_OF_OFFENDER = {"03"}
"""Relations in which the victim is mostly a child."""
PARENT_OF_OFFENDER = {"04"}
"""Relations in which the victim is mostly an older person."""
