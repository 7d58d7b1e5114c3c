#!/usr/bin/env bash
# `make test`: sets up what the tests need where it may, then runs every check and every test.
set -euo pipefail
cd "$(dirname "$0")/.."

# Debian packages: a real server with pgbench, PgBouncer, pgBackRest, and a browser for the report's page.
missing=()
compgen -G '/usr/lib/postgresql/*/bin/pgbench' >/dev/null || missing+=(postgresql)
[ -x /usr/sbin/pgbouncer ] || command -v pgbouncer >/dev/null || missing+=(pgbouncer)
command -v pgbackrest >/dev/null || missing+=(pgbackrest)
command -v chromium >/dev/null || missing+=(chromium)
if [ ${#missing[@]} -gt 0 ] && command -v apt-get >/dev/null; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  echo "Installs what the tests need: ${missing[*]}"
  if ! { "${as_root[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/tmp/pgdyno-apt.log 2>&1; then
    echo "Could not install ${missing[*]} (see /tmp/pgdyno-apt.log): the tests that need them are skipped and named."
  fi
fi

npm run --silent check:static
npx tsx tools/run-tests.ts unit e2e e2e-alone
