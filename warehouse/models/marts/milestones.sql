select plan, measure, milestone, title, due_on, first_due_on, weight, done_on, evidence, verified_by, basis
from {{ ref('int_milestones') }}
