cwlVersion: v1.2
class: Workflow
id: main
label: Excluded region of a simplified model with a mediator
doc: |
  region turns limits on a resonance (or a published contour) into the excluded region of mediator mass and dark-matter
  mass, relic computes where the model gives the observed density of dark matter, figure draws both. The scripts are
  inputs, so that the same workflow runs with cwltool, Toil and REANA.

$namespaces:
  edam: http://edamontology.org/

inputs:
  experiment:
    type: File
    format: edam:format_3464
    doc: "Model, limits and production rate, or a contour (JSON), with citations."
  records:
    type: File
    format: edam:format_3996
    doc: Python module that writes tables and records.
  mediator:
    type: File
    format: edam:format_3996
    doc: Python module with the widths and the annihilation of the mediator.
  exclusion:
    type: File
    format: edam:format_3996
    doc: Python module that finds excluded regions.
  region_script:
    type: File
    format: edam:format_3996
    doc: Script of the region step.
  relic_script:
    type: File
    format: edam:format_3996
    doc: Script of the relic step.
  figure_script:
    type: File
    format: edam:format_3996
    doc: Script of the figure step.
  mediator_step:
    type: double
    doc: "Distance of the mediator masses, in GeV."
  mass_min:
    type: double
    doc: "Lowest dark-matter mass of the relic line, in GeV."
  mass_max:
    type: double
    doc: "Highest dark-matter mass, in GeV; at least half the highest mediator mass."
  relic_points:
    type: int
    doc: Number of dark-matter masses of the relic line; at least 2.
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
    outputSource: region/table
    doc: "Excluded region: mediator_mass [GeV], mass [GeV], ring (CSV)."
  record:
    type: File
    format: edam:format_3464
    outputSource: region/record
    doc: Result record of the region (JSON).
  relic_table:
    type: File
    format: edam:format_3752
    outputSource: relic/table
    doc: "Relic density: mediator_mass [GeV], mass [GeV] (CSV)."
  relic_record:
    type: File
    format: edam:format_3464
    outputSource: relic/record
    doc: Result record of the relic line (JSON).
  plot:
    type: File
    format: edam:format_3604
    outputSource: figure/plot
    doc: Figure of the region (SVG).

steps:
  region:
    label: Excluded region
    doc: "Excluded region in mediator mass and dark-matter mass, as table and record."
    run: tools/region.cwl
    in:
      script: region_script
      records: records
      mediator: mediator
      exclusion: exclusion
      experiment: experiment
      mediator_step: mediator_step
      mass_max: mass_max
      licence: licence
      result_version: result_version
    out: [table, record]
  relic:
    label: Relic density
    doc: "Line on which the model gives the observed density of dark matter, as table and record."
    run: tools/relic.cwl
    in:
      script: relic_script
      records: records
      mediator: mediator
      experiment: experiment
      mass_min: mass_min
      mass_max: mass_max
      points: relic_points
      licence: licence
      result_version: result_version
    out: [table, record]
  figure:
    label: Figure
    doc: Figure of the region and the line.
    run: tools/figure.cwl
    in:
      script: figure_script
      table: region/table
      relic: relic/table
      record: region/record
    out: [plot]
