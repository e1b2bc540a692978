cwlVersion: v1.2
class: Workflow
id: main
label: Limit of a counting experiment on the WIMP-nucleon cross-section
doc: |
  rate computes the signal events expected for each WIMP mass, limit turns them into an upper limit on the
  cross-section and writes the result table and its record, figure draws it. The scripts are inputs, so that the same
  workflow runs with cwltool, Toil and REANA.

$namespaces:
  edam: http://edamontology.org/

inputs:
  experiment:
    type: File
    format: edam:format_3464
    label: Experiment
    doc: Exposure, target, acceptance, events, background and halo of the experiment (JSON), each with its citation.
  recoil:
    type: File
    format: edam:format_3996
    doc: Python module with the recoil spectrum.
  counting:
    type: File
    format: edam:format_3996
    doc: Python module with the statistics of a counting experiment.
  rate_script:
    type: File
    format: edam:format_3996
    doc: Script of the rate step.
  limit_script:
    type: File
    format: edam:format_3996
    doc: Script of the limit step.
  figure_script:
    type: File
    format: edam:format_3996
    doc: Script of the figure step.
  mass_min:
    type: double
    doc: Lowest WIMP mass, in GeV.
  mass_max:
    type: double
    doc: Highest WIMP mass, in GeV.
  points_per_decade:
    type: int
    doc: WIMP masses per factor of ten, evenly spaced in the logarithm; at least 10.
  confidence_level:
    type: double
    doc: Confidence level of the limit, between 0 and 1.
  licence:
    type: string
    doc: Licence of the numbers in the result, as an SPDX expression.
  result_version:
    type: string
    doc: Version of the result.

outputs:
  rates:
    type: File
    format: edam:format_3752
    outputSource: rate/rates
    doc: Expected signal events against WIMP mass (CSV).
  table:
    type: File
    format: edam:format_3752
    outputSource: limit/table
    doc: Upper limit and expected bands against WIMP mass (CSV).
  record:
    type: File
    format: edam:format_3464
    outputSource: limit/record
    doc: Result record of the table (JSON).
  plot:
    type: File
    format: edam:format_3604
    outputSource: figure/plot
    doc: Figure of the limit (SVG).

steps:
  rate:
    label: Expected signal events
    doc: Expected signal events against WIMP mass at a reference cross-section.
    run: tools/rate.cwl
    in:
      script: rate_script
      recoil: recoil
      experiment: experiment
      mass_min: mass_min
      mass_max: mass_max
      points_per_decade: points_per_decade
    out: [rates]
  limit:
    label: Upper limit
    doc: Upper limit on the cross-section with its expected bands, as table and record.
    run: tools/limit.cwl
    in:
      script: limit_script
      counting: counting
      experiment: experiment
      rates: rate/rates
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
      table: limit/table
      record: limit/record
    out: [plot]
