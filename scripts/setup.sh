#!/usr/bin/env bash
# Makes .venv ready: scripts/setup.sh base (what the product needs) or dev (tests and checks as well).
# Quick when nothing changed: .venv/.installed holds the hash of the requirements that were installed last.
set -eu
cd "$(dirname "$0")/.."
want=${1:-base}
venv=.venv
stamp=$venv/.installed

say() { printf '%s\n' "$*" >&2; }

# The newest Python is not the best choice: the pins are resolved for 3.11, so it is asked for first.
find_python() {
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return 0
        fi
        [ -z "${PYTHON:-}" ] || { say "PYTHON=$PYTHON is not a Python 3.11 or newer."; return 1; }
    done
    say "Gegma needs Python 3.11 or newer, and none was found."
    say "Debian or Ubuntu: apt-get install python3 python3-venv. Elsewhere: make PYTHON=/path/to/python3.11 ..."
    return 1
}

# Debian ships venv and the bundled pip apart from Python itself.
check_venv_module() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1 && return 0
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    say "$1 cannot make a virtual environment: its venv module is missing."
    say "Debian or Ubuntu: apt-get install python$version-venv"
    return 1
}

digest() { "$venv/bin/python" -c '
import hashlib, sys
text = open(sys.argv[1], "rb").read() + sys.version.encode()
print(hashlib.sha256(text).hexdigest())' "$1"; }

if ! "$venv/bin/python" -c '' >/dev/null 2>&1; then
    python=$(find_python)
    check_venv_module "$python"
    say "Making $venv with $("$python" -V)"
    "$python" -m venv --clear "$venv"
fi

# dev contains base, so an up-to-date dev environment serves both.
installed=$(cat "$stamp" 2>/dev/null || true)
if [ "$installed" != "dev $(digest requirements/dev.txt)" ] &&
   [ "$installed" != "$want $(digest "requirements/$want.txt")" ]; then
    say "Installing requirements/$want.txt into $venv (a minute or so the first time)"
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip install -qq --require-hashes \
        -r "requirements/$want.txt" </dev/null
    printf '%s %s\n' "$want" "$(digest "requirements/$want.txt")" > "$stamp"
fi

# The package is used where it lies: a path file and a command, both relative, so that no build step
# (and no build tool from the network) is needed and the directory can be moved.
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '../../../../src\n' > "$site/gegma.pth"
cat > "$venv/bin/gegma" <<'COMMAND'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/python" -c 'import sys; sys.argv[0] = "gegma"; from gegma.config.cli import main; sys.exit(main())' "$@"
COMMAND
chmod +x "$venv/bin/gegma"

"$venv/bin/python" scripts/compile_messages.py
