#!/bin/sh
# Remakes words/agreement.tsv, which marks of the fast reader people agree with, and the same figures in docs/accuracy.md.
# Each file of corpus/gold is judged by a reader learned from the other files, on whole conversations.  Run it after
# corpus/train.sh and a build; GOODWILL names another program than build/goodwill.
#   corpus/agreement.sh [DATE]    the day that the table names; today unless said
set -eu
cd "$(dirname "$0")/.."
told=$(mktemp) && new=$(mktemp)
trap 'rm -f "$told" "$new"' EXIT
"${GOODWILL:-build/goodwill}" evaluate --left-out --whole ${1:+--date "$1"} --save words/agreement.tsv corpus/gold/train-*.jsonl >"$told"
awk -v told="$told" '
    /^```evaluate/ { print; while ((getline line < told) > 0) print line; inside = 1; next }
    /^```/         { inside = 0 }
    !inside' docs/accuracy.md >"$new"
cat "$new" >docs/accuracy.md
cat "$told"
