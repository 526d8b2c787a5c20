#!/bin/sh
# Remakes the fast reader's models, words/models/*.gwm, from the labelled conversations of corpus/gold but dev.jsonl.
#   corpus/train.sh [DATE]        the day for the models' cards; today unless said
set -eu
cd "$(dirname "$0")/.."
mkdir -p words/models
build/goodwill train --reader ${1:+--date "$1"} --licence 'Apache-2.0, written for this project' --readings words/reading.tsv -o words/models corpus/gold/train-*.jsonl
