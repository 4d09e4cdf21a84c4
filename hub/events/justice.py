"""How far a victim's case came in the criminal justice system, stage by stage."""

from hub.events.codes import JusticeStage, PerpetratorAgeBand, Sentence, Sex
from hub.events.victim import AboutVictim


class JusticeStageRecorded(AboutVictim):
    """A stage was reached; `part` is its code. The unit is the case, not the person and not the offender.

    Sex and age of the offender (child or adult) because Directive (EU) 2024/1385 art. 44 asks for convictions by them.
    """

    name = "justice.stagerecorded"
    stage: JusticeStage
    sentence: Sentence = "NR"
    perpetrator_sex: Sex = "NR"
    perpetrator_age_band: PerpetratorAgeBand = "NR"
