#!/bin/sh
# The application's role, which owns nothing. Run once by the database's container when it is made.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$(cat /run/secrets/app_password)" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
create role accountguard_app login password :'password';
SQL
