#!/usr/bin/env bash
# Installs the programs the tests use and this machine lacks, with apt-get, where that is allowed:
# as root, or in CI through sudo without a password. Elsewhere it only says what to type.
# Never fails: scripts/test.py decides what a missing program means.
set -u

have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_chromium() {
    [ -x "${CHROMIUM:-}" ] || have chromium || have chromium-browser || have google-chrome ||
        have google-chrome-stable
}
have_office() { [ -x "${SOFFICE:-}" ] || have soffice || have libreoffice; }

missing=()
have_chromium || missing+=(chromium)
have_postgres || missing+=(postgresql)
have_office || missing+=(libreoffice-writer-nogui)
have xgettext || missing+=(gettext)
have pdftotext || missing+=(poppler-utils)
[ ${#missing[@]} -gt 0 ] || exit 0

case "${GEGMA_CI:-${CI:-}}" in ""|0|false) ci= ;; *) ci=yes ;; esac
if ! have apt-get; then
    run=
elif [ "$(id -u)" = 0 ]; then
    run=env
elif [ -n "$ci" ] && have sudo && sudo -n true 2>/dev/null; then
    run="sudo -n env"
else
    run=
fi
if [ -z "$run" ]; then
    printf 'Not on this machine: %s. To have all tests: sudo apt-get install %s\n' \
        "${missing[*]}" "${missing[*]}" >&2
    exit 0
fi

printf 'Installing %s with apt-get\n' "${missing[*]}" >&2
# One at a time, so that one package a system does not offer (Ubuntu has no chromium) costs only itself.
install() { $run DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" </dev/null >/dev/null 2>&1; }
updated=
for package in "${missing[@]}"; do
    install "$package" && continue
    if [ -z "$updated" ]; then
        $run apt-get update -qq </dev/null >&2 || true
        updated=yes
        install "$package" && continue
    fi
    printf 'apt-get could not install %s\n' "$package" >&2
done
exit 0
