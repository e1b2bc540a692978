#!/usr/bin/env bash
# Checks analysis repositories for the GitHub Action: annotations on stdout, job summary, SARIF and JSON files, outputs.
#
# Reads: FAIRPORT_PATHS (one a line), FAIRPORT_PROFILE, FAIRPORT_FAIL_ON, FAIRPORT_SELECT, FAIRPORT_IGNORE,
# FAIRPORT_BASELINE, FAIRPORT_ASSESS, FAIRPORT_BADGE; GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, RUNNER_TEMP.
# Findings do not fail this step: the step after the upload does, by the output exit-code. A wrong call (2) and an
# error inside Fairport (3) leave no report, and fail here.
set -euo pipefail

say() { printf "%s=%s\n" "$1" "${2//$'\n'/ }" >> "$GITHUB_OUTPUT"; }

paths=()
while IFS= read -r line; do
    line=${line%$'\r'}
    [[ -n ${line//[[:space:]]/} ]] && paths+=("$line")
done <<< "${FAIRPORT_PATHS:-.}"
[[ ${#paths[@]} -gt 0 ]] || paths=(.)

options=(--fail-on "${FAIRPORT_FAIL_ON:-error}")
[[ -z ${FAIRPORT_PROFILE:-} ]] || options+=(--profile "$FAIRPORT_PROFILE")
[[ -z ${FAIRPORT_SELECT:-} ]] || options+=(--select "$FAIRPORT_SELECT")
[[ -z ${FAIRPORT_IGNORE:-} ]] || options+=(--ignore "$FAIRPORT_IGNORE")
[[ -z ${FAIRPORT_BASELINE:-} ]] || options+=(--baseline "$FAIRPORT_BASELINE")

folder=$(mktemp -d "$RUNNER_TEMP/fairport-report.XXXXXX")
report=$folder/report.json
sarif=$folder/report.sarif

code=0
fairport --quiet check "${options[@]}" --format json --output "$report" -- "${paths[@]}" || code=$?
say exit-code "$code"
if [[ ! -s $report ]]; then
    exit "$((code > 1 ? code : 3))"
fi
fairport --quiet check "${options[@]}" --format github -- "${paths[@]}" || true
fairport --quiet check "${options[@]}" --format sarif --output "$sarif" -- "${paths[@]}" || true
say report "$report"
if [[ -s $sarif ]]; then say sarif "$sarif"; fi
python - "$report" >> "$GITHUB_OUTPUT" << 'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as stream:
    summary = json.load(stream)["summary"]
for name in ("error", "warning", "note"):
    print(f"{name}s={int(summary[name])}")
PYTHON

judge=()
[[ -z ${FAIRPORT_PROFILE:-} ]] || judge+=(--profile "$FAIRPORT_PROFILE")
if [[ ${FAIRPORT_ASSESS:-} == true ]]; then
    fairport --quiet assess "${judge[@]}" --format markdown -- "${paths[0]}" >> "$GITHUB_STEP_SUMMARY"
fi
if [[ -n ${FAIRPORT_BADGE:-} ]]; then
    if fairport assess "${judge[@]}" --format json --output "$folder/assessment.json" \
        --badge "$FAIRPORT_BADGE" -- "${paths[0]}"; then
        say badge "$FAIRPORT_BADGE"
    fi
fi
if [[ $code -gt 1 ]]; then exit "$code"; fi
