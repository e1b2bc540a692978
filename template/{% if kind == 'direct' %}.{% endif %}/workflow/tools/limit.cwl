cwlVersion: v1.2
class: CommandLineTool
label: Upper limit
doc: Turns expected events into an upper limit on the cross-section, as result table and record. Needs python3 only.

$namespaces:
  edam: http://edamontology.org/

requirements:
  ResourceRequirement:
    coresMin: 1
    ramMin: 512
hints:
  DockerRequirement:
    dockerPull: quay.io/jupyter/scipy-notebook:2026-09-29@sha256:1220239dc7ad223ebab9f28ae6e44f1b5861f21145f449dc7b1773b6e27a6c11
  reana:
    compute_backend: kubernetes
    kubernetes_memory_limit: 1Gi
    kubernetes_job_timeout: 600

baseCommand: [python3]

inputs:
  script:
    type: File
    format: edam:format_3996
    inputBinding: {position: 1}
    doc: Script of this step.
  counting:
    type: File
    format: edam:format_3996
    inputBinding: {position: 2, prefix: --counting}
    doc: Python module with the statistics of a counting experiment.
  experiment:
    type: File
    format: edam:format_3464
    inputBinding: {position: 2, prefix: --experiment}
    doc: The experiment (JSON).
  rates:
    type: File
    format: edam:format_3752
    inputBinding: {position: 2, prefix: --rates}
    doc: Table of the rate step.
  confidence_level:
    type: double
    inputBinding: {position: 2, prefix: --confidence-level}
    doc: Confidence level, between 0 and 1.
  licence:
    type: string
    inputBinding: {position: 2, prefix: --licence}
    doc: Licence of the numbers, as an SPDX expression.
  result_version:
    type: string
    inputBinding: {position: 2, prefix: --result-version}
    doc: Version of the result.

arguments:
  - {position: 3, prefix: --table, valueFrom: si.csv}
  - {position: 3, prefix: --record, valueFrom: si.result.json}

outputs:
  table:
    type: File
    format: edam:format_3752
    outputBinding: {glob: si.csv}
    doc: "Columns mass [GeV], limit [cm2] and the quantiles of the expected limit [cm2]."
  record:
    type: File
    format: edam:format_3464
    outputBinding: {glob: si.result.json}
    doc: Result record of the table.
