-- PostgreSQL roles of a team's hub, for psql as a superuser: psql -f deploy/roles.sql. Then give each a password.
--
--   hub_log         owns the log. It cannot even connect to the vault.
--   hub_vault       owns the vault: who is who, and wrapped data keys. It cannot connect to the log.
--   hub_projection  reads both, for `hub project`, and writes neither.
--   hub_reader      has nothing here: readers use the release file.
--
-- The receiver:   HUB_DATABASE=postgresql://hub_log@…/hub         HUB_VAULT_DATABASE=postgresql://hub_vault@…/hub_vault
-- The projection: HUB_DATABASE=postgresql://hub_projection@…/hub  HUB_VAULT_DATABASE=postgresql://hub_projection@…/hub_vault
--
-- The receiver makes the tables when it first runs, so it runs first. The vault may stand on a server of its own.

CREATE ROLE hub_log LOGIN;
CREATE ROLE hub_vault LOGIN;
CREATE ROLE hub_projection LOGIN;
CREATE ROLE hub_reader LOGIN;

-- Ordered by bytes, as the hub orders.
CREATE DATABASE hub_log OWNER hub_log TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';
CREATE DATABASE hub_vault OWNER hub_vault TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';

-- What PostgreSQL lets everybody do.
REVOKE ALL ON DATABASE hub_log FROM PUBLIC;
REVOKE ALL ON DATABASE hub_vault FROM PUBLIC;
GRANT CONNECT ON DATABASE hub_log TO hub_projection;
GRANT CONNECT ON DATABASE hub_vault TO hub_projection;

-- Tables that each owner makes later on.
\connect hub_log
ALTER DEFAULT PRIVILEGES FOR ROLE hub_log GRANT SELECT ON TABLES TO hub_projection;
\connect hub_vault
ALTER DEFAULT PRIVILEGES FOR ROLE hub_vault GRANT SELECT ON TABLES TO hub_projection;
