{{ config(schema='public_zone', alias='indicator_values', access='public') }}

-- Figures of the indicators that are about nobody: in every release as they are. Written by `make schemas` from warehouse/indicators/*.yaml: change that, not this.
select * from {{ ref('ind_i16') }}
union all
select * from {{ ref('ind_i18') }}
union all
select * from {{ ref('ind_i19') }}
union all
select * from {{ ref('ind_i23') }}
union all
select * from {{ ref('ind_i25') }}
union all
select * from {{ ref('ind_i26') }}
union all
select * from {{ ref('ind_i28') }}
union all
select * from {{ ref('ind_i29') }}
union all
select * from {{ ref('ind_i30') }}
