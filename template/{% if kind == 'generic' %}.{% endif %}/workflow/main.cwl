cwlVersion: v1.2
class: Workflow
id: main
label: Limit of a simulated search
doc: |
  exclude simulates a scan with an axion haloscope and sets a limit on the coupling, figure draws it: a pattern for any
  other search. The scripts are inputs, so that the same workflow runs with cwltool, Toil and REANA.

$namespaces:
  edam: http://edamontology.org/

inputs:
  experiment:
    type: File
    format: edam:format_3464
    doc: "Resonator, scan and local density (JSON)."
  records:
    type: File
    format: edam:format_3996
    doc: Python module that writes tables and records.
  haloscope:
    type: File
    format: edam:format_3996
    doc: Python module with the signal and noise of a haloscope.
  exclude_script:
    type: File
    format: edam:format_3996
    doc: Script of the exclude step.
  figure_script:
    type: File
    format: edam:format_3996
    doc: Script of the figure step.
  seed:
    type: int
    doc: Seed of the simulation.
  frequencies:
    type: int
    doc: Number of frequencies in the scan; at least 2.
  confidence_level:
    type: double
    doc: "Confidence level of the limit, between 0 and 1."
  licence:
    type: string
    doc: Licence of the numbers in the results, as an SPDX expression.
  result_version:
    type: string
    doc: Version of the results.

outputs:
  table:
    type: File
    format: edam:format_3752
    outputSource: exclude/table
    doc: "Upper limit: mass [eV], coupling [GeV-1] and the quantiles of the expected limit [GeV-1] (CSV)."
  record:
    type: File
    format: edam:format_3464
    outputSource: exclude/record
    doc: Result record of the limit (JSON).
  plot:
    type: File
    format: edam:format_3604
    outputSource: figure/plot
    doc: Figure of the limit (SVG).

steps:
  exclude:
    label: Simulated scan and limit
    doc: "Simulated scan and the limit on the coupling, as table and record."
    run: tools/exclude.cwl
    in:
      script: exclude_script
      records: records
      haloscope: haloscope
      experiment: experiment
      seed: seed
      frequencies: frequencies
      confidence_level: confidence_level
      licence: licence
      result_version: result_version
    out: [table, record]
  figure:
    label: Figure
    doc: Figure of the limit.
    run: tools/figure.cwl
    in:
      script: figure_script
      table: exclude/table
      record: exclude/record
    out: [plot]
