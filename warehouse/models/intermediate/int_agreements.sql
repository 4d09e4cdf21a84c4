{{ config(materialized='table') }}

-- One row a version of a sharing agreement that the hub knows. Figures are shared if reporting to the public is agreed.
select
    event_id,
    position,
    own_partner as partner,
    own_dataset as dataset,
    agreement_version as version,
    digest,
    array_to_string(purposes, ' ') as purposes,
    array_to_string(recipients, ' ') as recipients,
    array_to_string(lawful_basis, ' ') as lawful_basis,
    retention_months,
    valid_from,
    valid_until,
    purposes && array['REPORTING'] and recipients && array['ANY', 'PUBLIC'] as is_shared
from {{ current_facts('agreement_recorded') }} as recorded
