# Sourced by test.sh and benchmark.sh: installs outside programs. Not run by itself.
# shellcheck shell=bash

# Installs the Debian packages of programs that are missing, as root on Debian or Ubuntu; else says that they are.
#   install_packages WITHOUT < lines of "path package"
# WITHOUT ends the sentences: what happens without them. A program counts as there when its path exists or its name is found.
install_packages() {
    local without=$1 missing=() program package
    while read -r program package; do
        [ -e "$program" ] || command -v "${program##*/}" >/dev/null || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "Not installed, $without: ${missing[*]}"
        return
    fi

    echo "Installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    # Tests and benchmarks run a private Postfix of their own: the package's must neither be configured nor started.
    echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections 2>/dev/null || true
    local install=(apt-get install -y -q --no-install-recommends "${missing[@]}")
    RUNLEVEL=1 "${install[@]}" >/dev/null 2>&1 \
        || { apt-get update -q >/dev/null 2>&1 || true; RUNLEVEL=1 "${install[@]}" >/dev/null; } \
        || echo "Could not install all of them: $without"
}
