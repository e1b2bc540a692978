cwlVersion: v1.2
class: CommandLineTool
label: Upper limit
doc: Turns a counting experiment into an upper limit. Needs python3 only.
$namespaces:
  edam: http://edamontology.org/
requirements:
  ResourceRequirement:
    coresMin: 1
    ramMin: 512
hints:
  DockerRequirement:
    dockerPull: docker.io/library/python:3.12-slim@sha256:af4e85f1cac90dd3771e47292ea7c8a9830abfabbe4faa5c53f158854c2e819d
  reana:
    compute_backend: kubernetes
    kubernetes_memory_limit: 1Gi
baseCommand: [python3]
inputs:
  script:
    type: File
    format: edam:format_3996
    inputBinding: {position: 1}
    doc: Script of this step.
  experiment:
    type: File
    format: edam:format_3464
    inputBinding: {position: 2}
    doc: The experiment (JSON).
  events:
    type: File
    format: edam:format_3752
    inputBinding: {position: 3}
    doc: Selected events (CSV).
  confidence_level:
    type: double
    inputBinding: {prefix: --confidence-level}
    doc: Confidence level.
  seed:
    type: int?
    inputBinding: {prefix: --seed}
    doc: Seed of the toy experiments.
outputs:
  table:
    type: File
    format: edam:format_3752
    outputBinding: {glob: si.csv}
    doc: Upper limit against mass.
  record:
    type: File
    format: edam:format_3464
    outputBinding: {glob: si.result.json}
    doc: Result record.
