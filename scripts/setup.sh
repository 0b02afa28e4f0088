#!/usr/bin/env bash
# Makes .venv from the hashed lock; with "test" also what the tests need, with "attack" the scanners too. As root installs
# missing Debian packages.
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-run}
lock=requirements.lock
[ "$wanted" = run ] || lock=requirements-dev.lock

python=
for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || { echo "Python 3.11 or newer is needed: apt-get install python3" >&2; exit 1; }

missing=
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
if [ "$wanted" != run ]; then
    command -v chromium >/dev/null || missing="$missing chromium"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
    command -v pdftoppm >/dev/null || missing="$missing poppler-utils"
fi
if [ "$wanted" = attack ]; then
    command -v wapiti >/dev/null || missing="$missing wapiti"
    command -v sqlmap >/dev/null || missing="$missing sqlmap"
    [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || missing="$missing nginx"
fi
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    else
        echo "Missing packages. Run this once, then try again:" >&2
        echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
        exit 1
    fi
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
stamp=.venv/installed-$lock
if ! cmp -s "$lock" "$stamp"; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    cp "$lock" "$stamp"
    [ "$wanted" != run ] && cp requirements.lock .venv/installed-requirements.lock
fi
for catalogue in translations/*/LC_MESSAGES/messages.po; do
    [ "${catalogue%.po}.mo" -nt "$catalogue" ] || .venv/bin/pybabel -q compile --use-fuzzy --directory translations
done
exit 0
