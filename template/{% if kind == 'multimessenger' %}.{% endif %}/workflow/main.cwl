cwlVersion: v1.2
class: Workflow
id: main
label: Hadronic fraction of a source from gamma rays and neutrinos
doc: |
  scan simulates observations with both telescopes and scans the likelihood of each, interval adds the scans and finds
  credible intervals, figure draws them. The scripts are inputs, so that the same workflow runs with cwltool, Toil and
  REANA.

$namespaces:
  edam: http://edamontology.org/

inputs:
  experiment:
    type: File
    format: edam:format_3464
    doc: Counts that each telescope expects in each bin (JSON).
  records:
    type: File
    format: edam:format_3996
    doc: Python module that writes tables and records.
  scans_module:
    type: File
    format: edam:format_3996
    doc: Python module that simulates observations and computes their likelihood.
  intervals:
    type: File
    format: edam:format_3996
    doc: Python module with posteriors and intervals.
  scan_script:
    type: File
    format: edam:format_3996
    doc: Script of the scan step.
  interval_script:
    type: File
    format: edam:format_3996
    doc: Script of the interval step.
  figure_script:
    type: File
    format: edam:format_3996
    doc: Script of the figure step.
  injected_fraction:
    type: double
    doc: "True hadronic fraction of the simulated source, between 0 and 1."
  seed:
    type: int
    doc: Seed of the simulation.
  replicas:
    type: int
    doc: Number of simulated observations.
  scan_points:
    type: int
    doc: "Number of fractions in a scan, evenly spaced from 0 to 1; at least 4."
  credible_level:
    type: double
    doc: "Level of the credible intervals, between 0 and 1."
  licence:
    type: string
    doc: Licence of the numbers in the results, as an SPDX expression.
  result_version:
    type: string
    doc: Version of the results.

outputs:
  scan_tables:
    type: File[]
    format: edam:format_3752
    outputSource: scan/tables
    doc: "Scans of each telescope: replica, fraction, ts = -2 ln(L / Lmax) (CSV)."
  scan_records:
    type: File[]
    format: edam:format_3464
    outputSource: scan/records
    doc: Result records of the telescopes (JSON).
  intervals_table:
    type: File
    format: edam:format_3752
    outputSource: interval/table
    doc: "Intervals of the replicas: replica, value, low, high (CSV)."
  record:
    type: File
    format: edam:format_3464
    outputSource: interval/record
    doc: Result record of the mean interval (JSON).
  plot:
    type: File
    format: edam:format_3604
    outputSource: figure/plot
    doc: Figure of the intervals (SVG).

steps:
  scan:
    label: Likelihood scans
    doc: "Simulated observations and their likelihood scans, for each telescope."
    run: tools/scan.cwl
    in:
      script: scan_script
      records: records
      scans: scans_module
      experiment: experiment
      injected_fraction: injected_fraction
      seed: seed
      replicas: replicas
      scan_points: scan_points
      credible_level: credible_level
      licence: licence
      result_version: result_version
    out: [tables, records]
  interval:
    label: Credible interval
    doc: Credible interval of the fraction from all scans together.
    run: tools/interval.cwl
    in:
      script: interval_script
      records: records
      intervals: intervals
      experiment: experiment
      scans: scan/tables
      injected_fraction: injected_fraction
      credible_level: credible_level
      licence: licence
      result_version: result_version
    out: [table, record]
  figure:
    label: Figure
    doc: Figure of the intervals.
    run: tools/figure.cwl
    in:
      script: figure_script
      table: interval/table
      record: interval/record
    out: [plot]
