cwlVersion: v1.2
class: Workflow
id: main
label: Limit of a counting experiment
doc: Turns exposure, background and observed events into an upper limit.
$namespaces:
  edam: http://edamontology.org/
inputs:
  experiment:
    type: File
    format: edam:format_3464
    doc: Exposure, background and observed events (JSON).
  events:
    type: File
    format: edam:format_3752
    doc: Selected events (CSV).
  script:
    type: File
    format: edam:format_3996
    doc: Script of the limit step.
  confidence_level:
    type: double
    doc: Confidence level, between 0 and 1.
  seed:
    type: int?
    default: 1
    doc: Seed of the toy experiments.
outputs:
  table:
    type: File
    format: edam:format_3752
    outputSource: limit/table
    doc: Upper limit against mass (CSV).
  record:
    type: File
    format: edam:format_3464
    outputSource: limit/record
    doc: Result record (JSON).
steps:
  limit:
    label: Upper limit
    doc: Upper limit on the cross-section.
    run: tools/limit.cwl
    in:
      script: script
      experiment: experiment
      events: events
      confidence_level: confidence_level
      seed: seed
    out: [table, record]
