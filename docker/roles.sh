#!/bin/sh
# Runs once, when PostgreSQL's volume is new. `owner` holds the tables and migrates; `app` is what web, worker and beat log in as.
# What `app` may do with each table, `manage.py app_privileges` says after every migration.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE owner LOGIN PASSWORD :'owner_password';
CREATE ROLE app LOGIN PASSWORD :'app_password';
CREATE DATABASE partyportal OWNER owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE partyportal FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE partyportal TO app;
SQL
