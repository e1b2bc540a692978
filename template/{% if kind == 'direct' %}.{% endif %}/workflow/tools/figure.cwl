cwlVersion: v1.2
class: CommandLineTool
label: Figure
doc: Draws the limit with its expected bands. Needs python3 with matplotlib.

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
  table:
    type: File
    format: edam:format_3752
    inputBinding: {position: 2, prefix: --table}
    doc: Result table.
  record:
    type: File
    format: edam:format_3464
    inputBinding: {position: 2, prefix: --record}
    doc: Result record.

arguments:
  - {position: 3, prefix: --output, valueFrom: si.svg}

outputs:
  plot:
    type: File
    format: edam:format_3604
    outputBinding: {glob: si.svg}
    doc: Figure (SVG).
