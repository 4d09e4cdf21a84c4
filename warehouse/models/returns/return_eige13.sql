-- EIGE's thirteen indicators of partner violence, each for partner, domestic and any violence, of women and of all victims.
-- They are the police's and the courts' to say: what services know of them stands beside, never in their place.
{%- set by = {'sex': 'stated.sex'} %}
{%- set counts = [published('EIGE13')] %}
{%- for scope in ['IPV', 'DV', 'ANY'] %}
{%- do counts.append(counted('E02', ref('fct_offences'), 'stated.year', by,
    "stated.reported_to_police = 'Y' and not stated.is_counted_elsewhere", scope=scope)) %}
{%- for item, day in [('E10A', 'requested_on'), ('E10G', 'granted_on')] %}
{%- do counts.append(counted(item, ref('fct_protections'), 'extract(year from stated.' ~ day ~ ')', by,
    'stated.' ~ day ~ " is not null and stated.measure in ('EMERGENCY_BARRING', 'RESTRAINING', 'PROTECTION_ORDER')",
    scope=scope)) %}
{%- endfor %}
{%- endfor %}
{{ return_pack('EIGE13', counts) }}
