"""`indicator_figures`: indicators as sums over released cells, as a view of the release file.

A figure is a function of what is published already, so it says nothing that the cells do not say. A share is shown
where its denominator is 20 or more. Figures of referrals are read from the outcome in their own cube, whose people are
not published a second time: an outcome is the furthest that a referral came, so that one accepted and cancelled later
counts as accepted here, where the exact indicator leaves it out.
"""

LEAST_DENOMINATOR = 20
"""Below it a share moves too much by rounding alone (privacy policy: percentages only from 20)."""

FIGURES = f"""
WITH read_from_outcome(indicator, version, measure, ones, zeros) AS (VALUES
    ('I01', 1, 'share', ['ENGAGED_30D', 'ENGAGED_LATER', 'ACCEPTED'], ['DECLINED', 'FAILED', 'WAITING']),
    ('I02', 1, 'share', ['ENGAGED_30D'], ['ENGAGED_LATER', 'ACCEPTED', 'DECLINED', 'FAILED', 'CANCELLED', 'WAITING']),
    ('I06', 1, 'share', ['DECLINED'], ['ENGAGED_30D', 'ENGAGED_LATER', 'ACCEPTED'])
),
depth AS (
    SELECT release_id, cube, country,
        string_agg(dimension || ' ' || level, ', ' ORDER BY dimension) FILTER (
            dimension IN ('sex', 'age_group', 'age_band')) AS level,
        max(level) FILTER (dimension = 'outcome') AS outcome_level
    FROM levels GROUP BY ALL
),
cells AS (
    SELECT release_id, fact AS summed_from, indicator, version, measure, kind, counting_unit, country, year AS period,
        sex, age_group, substr(course, place, 1) AS mark, records AS number, level
    FROM courses
    JOIN marks USING (release_id, fact)
    JOIN depth USING (release_id, country)
    WHERE cube = fact
    UNION ALL
    SELECT release_id, 'referrals', indicator, version, measure, 'SHARE', 'REFERRAL', country, quarter, sex,
        CASE WHEN age_band IN ('0-13', '14-17', '0-17', 'child') THEN 'CHILD'
            WHEN age_band IN ('U', 'ALL') THEN age_band ELSE 'ADULT' END,
        CASE WHEN list_contains(ones, outcome) THEN '1' WHEN list_contains(zeros, outcome) THEN '0' ELSE '-' END,
        referrals, level
    FROM referrals
    JOIN depth USING (release_id, country)
    CROSS JOIN read_from_outcome
    WHERE cube = 'referrals' AND outcome_level = 0
),
summed AS (
    SELECT release_id, summed_from, indicator, version, measure, kind, counting_unit, country, period,
        coalesce(sex, 'ALL') AS sex, coalesce(age_group, 'ALL') AS age_group, level,
        coalesce(sum(number) FILTER (mark = '1'), 0)::BIGINT AS numerator,
        CASE WHEN kind = 'SHARE' THEN sum(number)::BIGINT END AS denominator,
        count(*) FILTER (mark = '1') AS numerator_cells, count(*) AS cells
    FROM cells WHERE mark IN ('0', '1')
    GROUP BY release_id, summed_from, indicator, version, measure, kind, counting_unit, country, period, level,
        CUBE (sex, age_group)
)
SELECT DISTINCT release_id, summed_from, indicator, version, measure, counting_unit, country, summed.period,
    sex, age_group, numerator, denominator,
    CASE WHEN denominator >= {LEAST_DENOMINATOR} THEN round(numerator / denominator, 3) END AS share,
    2 * (base - 1) * numerator_cells AS numerator_band,
    CASE WHEN denominator IS NOT NULL THEN 2 * (base - 1) * cells END AS denominator_band,
    level
FROM summed JOIN releases USING (release_id)
"""  # noqa: S608
