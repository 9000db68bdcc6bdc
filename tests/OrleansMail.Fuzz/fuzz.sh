#!/usr/bin/env bash
# Coverage-guided fuzzing of the protocol engine with AFL++ (docs/fuzzing.md).
#
#   fuzz.sh                     every target, 60 s each
#   fuzz.sh -t 3600 session     one target for an hour; Ctrl+C ends it
#   fuzz.sh -n ...              without building first
#   fuzz.sh -m TARGET           adds to the corpus what earlier runs found, of that keeps only what reaches something of its own
#
# Findings are kept in artifacts/fuzz/TARGET/default/crashes and hangs. The exit code is 0 when there are none, 1 when there are,
# 2 when fuzzing can't run here.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
seconds=60 build=1 minimise=0
while getopts t:nmh option; do
    case $option in
        t) seconds=$OPTARG ;;
        n) build=0 ;;
        m) minimise=1 ;;
        *) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
done
shift $((OPTIND - 1))

command -v afl-fuzz >/dev/null || { echo "afl-fuzz is not installed (Debian: apt install afl++)" >&2; exit 2; }

# A machine's settings for crash dumps and clock rates are its owner's: a finding is an exception that SharpFuzz reports, no core file.
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_QUIET=1 AFL_ALLOW_TMP=1
export DOTNET_TieredPGO=0 DOTNET_gcServer=0 DOTNET_EnableDiagnostics=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet=$(command -v dotnet) # afl-cmin looks for no program itself
built=$here/bin/Release/net10.0
[ "$build" -eq 0 ] || dotnet build -c Release "$here" --nologo -v quiet || exit 2
[ -f "$built/OrleansMail.Fuzz.dll" ] || { echo "$built is not built" >&2; exit 2; }

# Only a copy is instrumented: the tests run what is shipped.
work=${FUZZ_WORK:-$root/artifacts/fuzz}
bin=$work/bin
rm -rf "$bin" && mkdir -p "$bin" && cp -r "$built/." "$bin/" || exit 2
dotnet "$bin/OrleansMail.Fuzz.dll" instrument "$bin/OrleansMail.Smtp.dll" || exit 2

[ $# -gt 0 ] || mapfile -t all < <(dotnet "$bin/OrleansMail.Fuzz.dll" targets)
[ $# -gt 0 ] || set -- "${all[@]}"

minimise() {
    local target=$1 gathered=$work/$1/gathered
    rm -rf "$gathered" "$work/$target/minimised" && mkdir -p "$gathered"
    # Every test run plays the corpus: it is to stay small. How often a branch is taken does not count.
    cp "$here/corpus/$target/"* "$gathered/"
    find "$work/$target" -path '*/queue/id*' -size -1025c -exec cp {} "$gathered/" \;
    afl-cmin -e -i "$gathered" -o "$work/$target/minimised" -m none -t 5000 -- "$dotnet" "$bin/OrleansMail.Fuzz.dll" afl "$target" "$here/corpus/$target" || return 2
    # What people wrote has a name and stays.
    local file name
    find "$here/corpus/$target" -type f -regextype posix-extended -regex '.*/[0-9a-f]{12}' -delete
    for file in "$work/$target/minimised/"*; do
        name=$(sha256sum "$file" | cut -c1-12)
        sha256sum "$here/corpus/$target/"* | grep -q "^$name" || cp "$file" "$here/corpus/$target/$name"
    done
}

fuzz() {
    local target=$1
    rm -rf "${work:?}/$target"
    nice -n 19 afl-fuzz -i "$here/corpus/$target" -o "$work/$target" -x "$here/smtp.dict" -V "$seconds" -m none -t 5000 -- \
        "$dotnet" "$bin/OrleansMail.Fuzz.dll" afl "$target" "$here/corpus/$target" </dev/null >"$work/$target.log" 2>&1
    local code=$? stats=$work/$target/default/fuzzer_stats finding
    if [ ! -f "$stats" ]; then
        tail -n 20 "$work/$target.log"
        echo "$target: afl-fuzz ended with code $code and did nothing"
        return 2
    fi

    for finding in "$work/$target/default/crashes/id"* "$work/$target/default/hangs/id"*; do
        [ -f "$finding" ] || continue
        findings=1
        echo "$target: $finding"
        base64 -w 0 "$finding" && echo
        timeout 20 dotnet "$built/OrleansMail.Fuzz.dll" replay "$target" "$finding" | head -n 12
    done
    echo "$target: $(sed -n 's/^execs_done *: //p' "$stats") runs, $(sed -n 's/^corpus_count *: //p' "$stats") inputs of their own, stability $(sed -n 's/^stability *: //p' "$stats")"
}

findings=0
for target in "$@"; do
    [ -d "$here/corpus/$target" ] || { echo "No corpus of $target" >&2; exit 2; }
    if [ "$minimise" -eq 1 ]; then minimise "$target"; else fuzz "$target"; fi || exit 2
done
exit "$findings"
