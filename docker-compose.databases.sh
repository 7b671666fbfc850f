#!/bin/bash
# Run by the postgres image once, when it makes its data: a database and a role for each service, neither of which
# can open the other's. The passwords come from the environment.

for service in billing crm; do
    password=${service^^}_DB_PASSWORD
    psql -v ON_ERROR_STOP=1 -v service="$service" -v password="${!password:?}" -U postgres -d postgres <<'SQL'
CREATE ROLE :service LOGIN PASSWORD :'password';
CREATE DATABASE :service OWNER :service TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'; -- sorts the same on every machine
REVOKE ALL ON DATABASE :service FROM PUBLIC;
SQL
done
for database in postgres template1; do
    psql -v ON_ERROR_STOP=1 -U postgres -d postgres -c "REVOKE ALL ON DATABASE $database FROM PUBLIC"
done
