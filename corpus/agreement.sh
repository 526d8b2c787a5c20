#!/bin/sh
# Remakes words/agreement.tsv: which marks of the fast reader people agree with.  Each file of corpus/gold is judged by a
# reader learned from the other files, on whole conversations.  Run it after corpus/train.sh and a build.
#   corpus/agreement.sh [DATE]    the day that the table names; today unless said
set -eu
cd "$(dirname "$0")/.."
build/goodwill evaluate --left-out --whole ${1:+--date "$1"} --save words/agreement.tsv corpus/gold/train-*.jsonl
