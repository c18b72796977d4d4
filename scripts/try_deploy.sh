#!/usr/bin/env bash
# Tries docs/operate.md on this machine, from nothing: PostgreSQL with two roles, two releases, two web nodes behind nginx with TLS, files that
# both share, a node stopped under load, a backup, an upgrade and the way back. As root, on Debian. Everything lies in one folder and is
# removed again; nothing of the machine's own services is touched. Systemd's part is checked by systemd-analyze, not run.
#
#   scripts/try_deploy.sh                 all of it
#   KEEP=1 scripts/try_deploy.sh          and leave the folder behind
#   VENV=/path/.venv scripts/try_deploy.sh   with packages that are installed already, instead of fetching them
set -euo pipefail
cd "$(dirname "$0")/.."
root=$(pwd)
export PYTHON=/usr/bin/python3  # one that the account without a shell can run too
try=$(mktemp -d /tmp/gegma-try-XXXX)
chmod 755 "$try"
cd "$try"
pg_port=${PG_PORT:-15432} https=${HTTPS_PORT:-18443} http=${HTTP_PORT:-18080} a=18101 b=18102
host=gegma.example.ge
password=$(head -c 18 /dev/urandom | base64 | tr '+/' 'xy')
pids=()

step() { printf '\n== %s\n' "$*"; }
ok() { printf '   ok: %s\n' "$*"; }
fail() { printf '   FAILED: %s\n' "$*" >&2; exit 1; }
same() { [ "$1" = "$2" ] || fail "$3: «$1», not «$2»"; ok "$3"; }
as() { runuser -u gegma-try -- env -i PATH="$PATH" HOME="$try" "$@"; }

tidy() {
    status=$?
    set +e
    [ "$status" = 0 ] || { for log in "$try"/*/log; do echo "--- $log"; tail -5 "$log"; done; } >&2
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
    [ -s "$try/nginx/pid" ] && kill "$(cat "$try/nginx/pid")" 2>/dev/null
    sleep 2
    [ -d "$try/pg" ] && runuser -u postgres -- "$bin/pg_ctl" -D "$try/pg" -m immediate stop >/dev/null
    if [ -n "${KEEP:-}" ]; then echo "Kept: $try"; else rm -rf "$try"; fi
    userdel gegma-try 2>/dev/null
    exit "$status"
}
trap tidy EXIT

step "1. What Debian brings"
need=()
command -v nginx >/dev/null || need+=(nginx-light)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need+=(postgresql)
command -v curl >/dev/null || need+=(curl)
command -v openssl >/dev/null || need+=(openssl)
command -v make >/dev/null || need+=(make)
/usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || need+=(python3 python3-venv)
if [ ${#need[@]} -gt 0 ]; then apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null; fi
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)")
useradd --system --home-dir "$try" --shell /usr/sbin/nologin gegma-try
ok "programs; an account without a shell"

step "2. The database: an owner of the tables, and the role that the application works as"
install -d -o postgres "$try/pg" && chmod 700 "$try/pg"
install -m 600 -o postgres /dev/null "$try/first" && echo "$password" > "$try/first"
runuser -u postgres -- "$bin/initdb" -D "$try/pg" -A scram-sha-256 --pwfile="$try/first" -E UTF8 --locale=C.UTF-8 >/dev/null
runuser -u postgres -- "$bin/pg_ctl" -D "$try/pg" -l "$try/pg/log" -o "-p $pg_port -c listen_addresses=127.0.0.1 -k $try/pg" -w start >/dev/null
export PGPASSWORD=$password
sql() { psql -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$pg_port" -U postgres "$@"; }
sql -c "CREATE ROLE gegma_owner LOGIN PASSWORD '$password'" -c "CREATE ROLE gegma LOGIN PASSWORD '$password'" -c "CREATE DATABASE gegma OWNER gegma_owner"
ok "roles and an empty database"

step "3. The program: release 1, unpacked and set up"
release() {
    install -d "$try/releases/$1"
    (cd "$root" && git ls-files -z --cached --others --exclude-standard | xargs -0 tar -c --ignore-failed-read) | tar -x -C "$try/releases/$1"
    if [ -n "${VENV:-}" ]; then
        /usr/bin/python3 -m venv --without-pip "$try/releases/$1/.venv"
        "$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$(echo "$try/releases/$1"/.venv/lib/python3*/site-packages)/all.pth"
        (cd "$try/releases/$1" && cp requirements/base.txt /dev/null && sha=$(.venv/bin/python -c 'import hashlib,sys; print(hashlib.sha256(open("requirements/base.txt","rb").read()+sys.version.encode()).hexdigest())') && echo "base $sha" > .venv/.installed)
    fi
    make -s -C "$try/releases/$1" setup
}
release 1
ln -sfn "$try/releases/1" "$try/current"
gegma="$try/current/.venv/bin/gegma"
ok "$("$gegma" --version)"

step "4. Settings, and the tables made by their owner"
key=$(/usr/bin/python3 -c 'import secrets; print(secrets.token_urlsafe(64))')
install -d -o gegma-try "$try/shared" "$try/a" "$try/b" && chmod 700 "$try/shared" "$try/a" "$try/b"
ln -s "$try/shared" "$try/a/files" && ln -s "$try/shared" "$try/b/files"
settings=(GEGMA_ADDRESS="https://$host" GEGMA_HOSTS="$host" GEGMA_SECRET_KEY="$key" GEGMA_LOG=json GEGMA_DATABASE_ROLE=gegma GEGMA_MFA_ROLES=none)
application=("${settings[@]}" DATABASE_URL="postgres://gegma:$password@127.0.0.1:$pg_port/gegma")
owner=("${settings[@]}" DATABASE_URL="postgres://gegma_owner:$password@127.0.0.1:$pg_port/gegma")
as "${owner[@]}" GEGMA_DATA="$try/a" "$gegma" setup
if "$gegma" audit protect --help >/dev/null 2>&1; then
    as "${owner[@]}" GEGMA_DATA="$try/a" "$gegma" audit protect
else
    PGPASSWORD=$password psql -q -h 127.0.0.1 -p "$pg_port" -U gegma_owner gegma -c "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gegma" -c "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gegma"
fi
if PGPASSWORD=$password psql -q -h 127.0.0.1 -p "$pg_port" -U gegma gegma -c "DROP TABLE engine_attachment" 2>/dev/null; then fail "the application may drop tables"; fi
ok "the application's role cannot change a table"
as "${application[@]}" GEGMA_DATA="$try/a" "$gegma" account add nino@example.ge --name "Nino" --role officer --password "Mtatsminda-park-1905"

step "5. systemd's files are right"
install -d "$try/systemd"
for unit in "$root"/deploy/*.service "$root"/deploy/*.socket "$root"/deploy/*.timer; do
    sed "s#/srv/gegma/current#$try/current#; s#User=gegma#User=gegma-try#; s#Group=gegma#Group=gegma-try#" "$unit" > "$try/systemd/$(basename "$unit")"
done
if command -v systemd-analyze >/dev/null; then
    told=$(SYSTEMD_UNIT_PATH="$try/systemd:" systemd-analyze verify "$try"/systemd/*.service "$try"/systemd/*.socket "$try"/systemd/*.timer 2>&1 | grep -F "$try/systemd" || true)
    same "$told" "" "systemd-analyze verify has nothing to say"
    for unit in gegma gegma-work; do ok "$(systemd-analyze security --offline=true "$try/systemd/$unit.service" 2>/dev/null | grep -F 'Overall' | sed 's/^[^O]*//' || true)"; done
else
    ok "no systemd-analyze here: left out"
fi

step "6. Two nodes, each on a socket that outlives it"
# What systemd does with gegma.socket, in ten lines: the socket stays with this program, the server comes and goes.
cat > "$try/hold.py" <<'PY'
import os, signal, socket, subprocess, sys
door = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
os.dup2(door.fileno(), 3, inheritable=True)
going, child = [True], [None]
def again(*_): child[0].terminate()
def end(*_): going.clear(); child[0].terminate()
signal.signal(signal.SIGHUP, again); signal.signal(signal.SIGTERM, end)
while going:
    child[0] = subprocess.Popen(["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh", *sys.argv[2:]], pass_fds=[3])
    child[0].wait()
PY
node() {
    no_work=; "$gegma" serve --help | grep -q -- --no-work && no_work=--no-work
    runuser -u gegma-try -- env -i PATH="$PATH" HOME="$try" "${application[@]}" GEGMA_DATA="$try/$1" \
        /usr/bin/python3 "$try/hold.py" "$2" "$gegma" serve --port "$2" --workers 2 $no_work >> "$try/$1/log" 2>&1 &
    pids+=($!)
}
holder() { pgrep -u gegma-try -f "hold.py $1" | tail -1; }
ready() { for _ in $(seq 120); do [ "$(curl -s -m 60 -o /dev/null -w '%{http_code}' -H "Host: $host" -H "X-Forwarded-Proto: https" "http://127.0.0.1:$1/health/ready/")" = 200 ] && return; sleep 1; done; fail "node on $1 is not ready"; }
node a $a; node b $b
ready $a; ready $b
ok "both are ready"

step "7. nginx with TLS before them"
install -d "$try/nginx" "$try/tls"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" -keyout "$try/tls/privkey.pem" -out "$try/tls/fullchain.pem" 2>/dev/null
cp "$root/deploy/away.html" "$try/away.html"
{
    echo "pid $try/nginx/pid; error_log $try/nginx/log; events {} http { client_body_temp_path $try/nginx/body; proxy_temp_path $try/nginx/proxy; include /etc/nginx/mime.types;"
    sed "s#/etc/gegma#$try#; s#/var/log/nginx/gegma.log#$try/nginx/access#; s#listen 80;#listen 127.0.0.1:$http;#; s#listen 443 ssl#listen 127.0.0.1:$https ssl#; /listen \[::\]/d; s#server 127.0.0.1:8000\(.*\)#server 127.0.0.1:$a\1\n    server 127.0.0.1:$b\1#" "$root/deploy/nginx.conf"
    echo "}"
} > "$try/nginx/conf"
nginx -q -t -c "$try/nginx/conf" && nginx -c "$try/nginx/conf"
web() { curl -s -m 60 --cacert "$try/tls/fullchain.pem" --resolve "$host:$https:127.0.0.1" "$@"; }
status() { web -o /dev/null -w '%{http_code}' "$@"; }
site="https://$host:$https"
same "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' -H "Host: $host" "http://127.0.0.1:$http/plan/")" "301 https://$host/plan/" "http leads to https"
same "$(status "$site/health/ready/")" 200 "ready, through nginx"
same "$(status "$site/metrics/")" 404 "the counts are not for the network"
curl -s -k -o /dev/null "https://127.0.0.1:$https/" && fail "another name is answered" || ok "another name gets no handshake"
web -D - -o /dev/null "$site/accounts/login/" | grep -qi '^strict-transport-security: max-age=31536000' && ok "HSTS"

step "8. Sign in, upload on one node, read on the other"
jar=$try/cookies
token() { grep -o 'name="csrfmiddlewaretoken" value="[^"]*' | head -1 | sed 's/.*value="//'; }
# asks one node itself, as nginx would; curl sends a secure cookie over https alone, so it is handed over as a header
cookies() { awk '!/^# / && NF >= 7 { printf "%s%s=%s", sep, $6, $7; sep = "; " }' "$jar"; }
direct() { port=$1; shift; curl -s -m 60 -H "Host: $host" -H "X-Forwarded-Proto: https" -H "X-Forwarded-For: 10.0.0.9" -H "Referer: https://$host/" -H "Cookie: $(cookies)" "$@"; }
csrf=$(web -c "$jar" "$site/accounts/login/" | token)
# the browser names the address that people type, which has no port
same "$(status -b "$jar" -c "$jar" -H "Referer: https://$host/accounts/login/" -H "Host: $host" -d "csrfmiddlewaretoken=$csrf" -d login=nino@example.ge --data-urlencode password=Mtatsminda-park-1905 "$site/accounts/login/")" 302 "signed in through nginx"
same "$(direct $a -o /dev/null -w '%{http_code}' "http://127.0.0.1:$a/")" 200 "one session on node A"
same "$(direct $b -o /dev/null -w '%{http_code}' "http://127.0.0.1:$b/")" 200 "and on node B"
csrf=$(direct $a "http://127.0.0.1:$a/r/meetings/quick/" | token)
where=$(direct $a -o /dev/null -w '%{redirect_url}' -d "csrfmiddlewaretoken=$csrf" --data-urlencode "title_ka=ცდა" -d kind=visit -d state=planned -d starts_on=2026-03-01 "http://127.0.0.1:$a/r/meetings/quick/")
record=$(echo "$where" | grep -o '/r/meetings/[0-9]*/' || true)
[ -n "$record" ] || fail "no record was entered: «$where»"
printf '%%PDF-1.4\n%s\n%%%%EOF\n' "$(head -c 3000 /dev/urandom | base64)" > "$try/file.pdf"
csrf=$(direct $a "http://127.0.0.1:$a$record" | token)
direct $a -o /dev/null -F "csrfmiddlewaretoken=$csrf" -F "files=@$try/file.pdf" "http://127.0.0.1:$a${record}files/"
link=$(direct $b "http://127.0.0.1:$b$record" | grep -o "${record}files/[0-9]*/" | head -1)
[ -n "$link" ] || fail "node B does not show the file"
direct $b -o "$try/read.pdf" "http://127.0.0.1:$b$link"
cmp "$try/file.pdf" "$try/read.pdf" && ok "what was uploaded on A is read on B, byte for byte"

step "9. Under load: workers renewed, a node started again, a node stopped, and nobody gets an error"
hammer() { while [ ! -e "$try/enough" ]; do status -b "$jar" "$site$record"; echo; done >> "$try/answers.$1"; }
for n in 1 2 3; do hammer $n & pids+=($!); hammers+=($!); done
as "${application[@]}" GEGMA_DATA="$try/a" "$gegma" reload --port $a
kill -HUP "$(holder $a)"; sleep 2; ready $a; ok "node A was started again"
kill -TERM "$(holder $b)"; sleep 6; ok "node B is stopped"
node b $b; ready $b; sleep 3; ok "node B is back"
touch "$try/enough"; wait "${hammers[@]}"
same "$(cat "$try"/answers.* | sort | uniq -c | awk '{print $2}' | xargs)" 200 "$(cat "$try"/answers.* | wc -l) requests meanwhile, all of them answered with 200"

step "10. A backup, then the next release"
if "$gegma" backup --help >/dev/null 2>&1; then
    as "${owner[@]}" GEGMA_DATA="$try/a" "$gegma" backup "$try/a/before-2.zip"
else
    runuser -u gegma-try -- env PGPASSWORD="$password" pg_dump -Fc -h 127.0.0.1 -p "$pg_port" -U gegma_owner -f "$try/a/before-2.dump" gegma
    tar -C "$try/shared" -cf "$try/a/before-2.tar" .
fi
release 2
cat > "$try/releases/2/src/gegma/engine/migrations/9999_try.py" <<'PY'
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engine", "LEAF")]
    operations = [migrations.AddField("attachment", "tried", models.BooleanField(default=False, db_default=False))]
PY
leaf=$(ls "$try/releases/2/src/gegma/engine/migrations" | grep -E '^[0-9]{4}_' | grep -v 9999 | sort | tail -1); sed -i "s/LEAF/${leaf%.py}/" "$try/releases/2/src/gegma/engine/migrations/9999_try.py"
same "$(as "${application[@]}" GEGMA_DATA="$try/a" "$try/releases/2/.venv/bin/gegma" setup >/dev/null 2>&1 && echo yes || echo no)" no "the application's role cannot bring the tables up to date"
as "${owner[@]}" GEGMA_DATA="$try/a" "$try/releases/2/.venv/bin/gegma" setup
same "$(status -b "$jar" "$site$record")" 200 "release 1 goes on working on the tables of release 2"
ln -sfn "$try/releases/2" "$try/current"
for port in $a $b; do kill -HUP "$(holder $port)"; sleep 2; ready $port; done
same "$(readlink "/proc/$(cat "$try/a/serve-$a.pid")/cwd" >/dev/null; tr '\0' '\n' < "/proc/$(cat "$try/a/serve-$a.pid")/cmdline" | head -1 | xargs dirname | xargs dirname | xargs dirname | xargs readlink -f)" "$try/releases/2" "node A runs release 2"
same "$(status -b "$jar" "$site$record")" 200 "people go on where they were"

step "11. The way back: release 1 with the backup, in a database of its own"
sql -c "CREATE DATABASE gegma_back OWNER gegma_owner"
install -d -o gegma-try "$try/back"
back=("${settings[@]}" GEGMA_DATA="$try/back" DATABASE_URL="postgres://gegma_owner:$password@127.0.0.1:$pg_port/gegma_back")
ln -sfn "$try/releases/1" "$try/current"
if [ -e "$try/a/before-2.zip" ]; then
    as "${back[@]}" "$gegma" restore "$try/a/before-2.zip"
    as "${back[@]}" "$gegma" check
else
    pg_restore --no-owner -h 127.0.0.1 -p "$pg_port" -U gegma_owner -d gegma_back "$try/a/before-2.dump"
    runuser -u gegma-try -- sh -c "mkdir '$try/back/files' && tar -C '$try/back/files' -xf '$try/a/before-2.tar'"
fi
as "${back[@]}" "$gegma" audit verify
same "$(find -L "$try/back/files" -type f -name "$(sha256sum "$try/file.pdf" | cut -d' ' -f1)" | wc -l)" 1 "the file is there, under its hash"

step "12. The logs say what happened and nothing about people"
grep -q '"route": "record"' "$try/a/log" && ok "requests, one line each"
python3 - "$try" <<'PY'
import json, pathlib, sys
for name in "ab":
    for line in (pathlib.Path(sys.argv[1]) / name / "log").read_text().splitlines():
        if line.startswith("{"):
            json.loads(line)
        assert "nino" not in line.lower() and "ცდა" not in line, line
PY
if grep -qE 'nino|\?' "$try/nginx/access"; then fail "nginx logs words"; fi
ok "no names, no words, in the application's log or in nginx's"
printf '\nAll of it is right.\n'
