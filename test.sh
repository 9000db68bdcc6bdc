#!/usr/bin/env bash
# Installs what the tests need, builds once and runs every test project.
#
#   ./test.sh           all tests, with short defaults
#   ./test.sh --long    the same with the long variants (200 crash rounds, large messages)
#   ./test.sh NAME...   only the projects whose name contains one of the words
#
# The last line is "N passed, N failed" (", N skipped" when there are any). The exit code is 0 only when something ran and nothing failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 2
# shellcheck source=tests/programs.sh
source tests/programs.sh

configuration=Release # what is shipped is what is tested
results=$PWD/artifacts/test-results
only=()
for argument in "$@"; do
    case $argument in
        --long) export ORLEANSMAIL_TESTS_LONG=1 ;;
        -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
        -*) echo "Unknown switch $argument (known: --long)" >&2; exit 2 ;;
        *) only+=("$argument") ;;
    esac
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1

# Outside programs are wanted, not required: a test that misses its program is skipped and says so.
install_programs() {
    install_packages "their tests will be skipped" <<'PROGRAMS'
/usr/bin/curl curl
/usr/bin/swaks swaks
/usr/bin/python3 python3
/usr/sbin/haproxy haproxy
/usr/sbin/postfix postfix
/usr/bin/afl-fuzz afl++
/usr/bin/strace strace
/usr/lib/python3/dist-packages/twisted python3-twisted
/usr/lib/python3/dist-packages/aiosmtpd python3-aiosmtpd
PROGRAMS
}

install_node_programs() {
    [ -f tests/node/package-lock.json ] || return 0
    [ tests/node/node_modules/.package-lock.json -nt tests/node/package-lock.json ] && return
    if ! command -v npm >/dev/null; then
        echo "npm is not installed: the tests with Azurite and Nodemailer will be skipped"
        return
    fi

    echo "Installing the npm packages of tests/node"
    (cd tests/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null) || echo "npm ci failed: the tests with Azurite and Nodemailer will be skipped"
}

selected() {
    [ ${#only[@]} -eq 0 ] && return 0
    local word
    for word in "${only[@]}"; do [[ $1 == *"$word"* ]] && return 0; done
    return 1
}

# Adds up one project's report; a host that ended without one counts as a failure of its own.
count() {
    local name=$1 exit_code=$2 report=$results/$1.trx counters
    counters=$(grep -o '<Counters [^>]*>' "$report" 2>/dev/null)
    value() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
    if [ -z "$counters" ]; then
        echo "$name ended with code $exit_code and left no report"
        failed=$((failed + 1))
        return
    fi

    local bad=$(($(value failed) + $(value error) + $(value timeout) + $(value aborted)))
    passed=$((passed + $(value passed)))
    skipped=$((skipped + $(value notExecuted)))
    failed=$((failed + bad))
    if [ "$exit_code" -ne 0 ] && [ "$bad" -eq 0 ]; then
        echo "$name ended with code $exit_code although no test failed"
        failed=$((failed + 1))
    fi
}

install_programs
install_node_programs

dotnet build OrleansMail.sln -c "$configuration" --nologo -v minimal -m:2 || { echo "The build failed"; exit 1; }

rm -rf "$results" && mkdir -p "$results"
passed=0 failed=0 skipped=0 started=$SECONDS
for project in tests/*.Tests; do
    name=${project##*/}
    selected "$name" || continue
    echo
    echo "== $name"
    project_started=$SECONDS
    dotnet "$project/bin/$configuration/net10.0/$name.dll" --results-directory "$results" \
        --report-xunit-trx --report-xunit-trx-filename "$name.trx" --progress off --no-ansi --show-stdout Failed --show-stderr Failed </dev/null
    count "$name" $?
    echo "   $((SECONDS - project_started)) s"
done

echo
echo "All projects: $((SECONDS - started)) s; reports in artifacts/test-results"
summary="$passed passed, $failed failed"
[ "$skipped" -gt 0 ] && summary+=", $skipped skipped"
echo "$summary"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
