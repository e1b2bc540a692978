cwlVersion: v1.2
class: CommandLineTool
label: Expected signal events
doc: Computes the events that a WIMP of each mass would give at a reference cross-section. Needs python3 with NumPy.

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
  physics:
    type: File
    format: edam:format_3996
    inputBinding: {position: 2, prefix: --physics}
    doc: Python module with the recoil spectrum.
  experiment:
    type: File
    format: edam:format_3464
    inputBinding: {position: 2, prefix: --experiment}
    doc: The experiment (JSON).
  mass_min:
    type: double
    inputBinding: {position: 2, prefix: --mass-min}
    doc: Lowest WIMP mass, in GeV.
  mass_max:
    type: double
    inputBinding: {position: 2, prefix: --mass-max}
    doc: Highest WIMP mass, in GeV.
  points_per_decade:
    type: int
    inputBinding: {position: 2, prefix: --points-per-decade}
    doc: WIMP masses per factor of ten.

arguments:
  - {position: 3, prefix: --output, valueFrom: rates.csv}

outputs:
  rates:
    type: File
    format: edam:format_3752
    outputBinding: {glob: rates.csv}
    doc: "Columns mass [GeV], cross_section [cm2], events."
