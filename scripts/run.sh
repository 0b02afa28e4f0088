#!/usr/bin/env bash
# Starts the demonstration: database, demo company when empty, web and worker on loopback. Ctrl-C ends both.
set -eu
cd "$(dirname "$0")/.."
umask 077
port=${ROCKROBOT_PORT:-8000}
export ROCKROBOT_ENV=development ROCKROBOT_DEMO=1
export ROCKROBOT_DATA_DIR=${ROCKROBOT_DATA_DIR:-$PWD/instance}
export ROCKROBOT_BASE_URL=${ROCKROBOT_BASE_URL:-http://127.0.0.1:$port}
mkdir -p "$ROCKROBOT_DATA_DIR"
key=$ROCKROBOT_DATA_DIR/secret-key
[ -s "$key" ] || .venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(48))' > "$key"
chmod 600 "$key"
ROCKROBOT_SECRET_KEY=$(cat "$key")
export ROCKROBOT_SECRET_KEY

.venv/bin/flask --app wsgi db upgrade
.venv/bin/flask --app wsgi demo load

.venv/bin/granian --interface wsgi --host 127.0.0.1 --port "$port" --workers 2 --blocking-threads 1 --log-level warning wsgi:app &
web=$!
.venv/bin/flask --app wsgi worker &
worker=$!
trap 'kill "$web" "$worker" 2>/dev/null; wait 2>/dev/null; exit 0' INT TERM
echo
echo "Rockrobot: http://127.0.0.1:$port"
echo "Kirjaudu:  asiakaspalvelu@demo.example  salasana: kivirobotti-demo   (Ctrl-C lopettaa)"
wait -n "$web" "$worker" || true
kill "$web" "$worker" 2>/dev/null || true
wait
