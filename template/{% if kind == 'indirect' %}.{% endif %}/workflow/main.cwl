cwlVersion: v1.2
class: Workflow
id: main
label: Joint limit of gamma rays from dwarf galaxies on dark-matter annihilation
doc: |
  photons integrates the spectrum of the channel over the energy bins, likelihood scans mass and cross-section for each
  galaxy and for all of them together, limit computes the joint limit from the counts, figure
  draws it. The scripts are inputs, so that the same workflow runs with cwltool, Toil and REANA.

$namespaces:
  edam: http://edamontology.org/

inputs:
  experiment:
    type: File
    format: edam:format_3464
    doc: "Energy bins, and for each galaxy J factor, exposure, counts and background (JSON), with citations."
  spectra_tables:
    type: File
    format: edam:format_3464
    doc: "Gamma-ray spectra of the channels (JSON), with citations."
  records:
    type: File
    format: edam:format_3996
    doc: Python module that writes tables and records.
  spectra:
    type: File
    format: edam:format_3996
    doc: Python module that integrates spectra.
  dwarfs:
    type: File
    format: edam:format_3996
    doc: Python module with the joint likelihood.
  photons_script:
    type: File
    format: edam:format_3996
    doc: Script of the photons step.
  likelihood_script:
    type: File
    format: edam:format_3996
    doc: Script of the likelihood step.
  limit_script:
    type: File
    format: edam:format_3996
    doc: Script of the limit step.
  figure_script:
    type: File
    format: edam:format_3996
    doc: Script of the figure step.
  channel:
    type: string
    doc: "Annihilation channel, one of those in the spectra."
  mass_min:
    type: double
    doc: "Lowest dark-matter mass, in GeV."
  mass_max:
    type: double
    doc: "Highest dark-matter mass, in GeV."
  points_per_decade:
    type: int
    doc: "Masses per factor of ten, evenly spaced in the logarithm; at least 10 for a profile."
  sigmav_min:
    type: double
    doc: "Lowest annihilation cross-section of the scan, in cm3/s."
  sigmav_max:
    type: double
    doc: "Highest annihilation cross-section of the scan, in cm3/s."
  confidence_level:
    type: double
    doc: "Confidence level that the threshold stands for, between 0 and 1."
  threshold:
    type: double
    doc: "-2 ln(L / Lmax) at the limit: 2.71 for one-sided 95 %, 1.64 for one-sided 90 %."
  licence:
    type: string
    doc: Licence of the numbers in the results, as an SPDX expression.
  result_version:
    type: string
    doc: Version of the results.

outputs:
  photons:
    type: File
    format: edam:format_3752
    outputSource: photons/photons
    doc: "Columns mass [GeV], energy_low [GeV], energy_high [GeV], photons (CSV)."
  profile_tables:
    type: File[]
    format: edam:format_3752
    outputSource: likelihood/tables
    doc: "Likelihood of each galaxy: mass [GeV], sigmav [cm3/s], ts = -2 ln(L / Lmax) (CSV)."
  profile_records:
    type: File[]
    format: edam:format_3464
    outputSource: likelihood/records
    doc: Result records of the galaxies (JSON).
  joint_table:
    type: File
    format: edam:format_3752
    outputSource: likelihood/joint_table
    doc: "Joint likelihood: mass [GeV], sigmav [cm3/s], ts = -2 ln(L / Lmax) (CSV)."
  joint_record:
    type: File
    format: edam:format_3464
    outputSource: likelihood/joint_record
    doc: Result record of the joint likelihood (JSON).
  table:
    type: File
    format: edam:format_3752
    outputSource: limit/table
    doc: "Upper limit: mass [GeV], sigmav [cm3/s], p50 [cm3/s] (CSV)."
  record:
    type: File
    format: edam:format_3464
    outputSource: limit/record
    doc: Result record of the limit (JSON).
  plot:
    type: File
    format: edam:format_3604
    outputSource: figure/plot
    doc: Figure of the limit (SVG).

steps:
  photons:
    label: Photons per annihilation
    doc: Gamma rays of one annihilation in each energy bin against mass.
    run: tools/photons.cwl
    in:
      script: photons_script
      records: records
      dwarfs: dwarfs
      spectra: spectra
      experiment: experiment
      spectra_tables: spectra_tables
      channel: channel
      mass_min: mass_min
      mass_max: mass_max
      points_per_decade: points_per_decade
    out: [photons]
  likelihood:
    label: Likelihood profiles
    doc: "Likelihood against mass and cross-section, for each galaxy and for all together."
    run: tools/likelihood.cwl
    in:
      script: likelihood_script
      records: records
      dwarfs: dwarfs
      experiment: experiment
      spectra_tables: spectra_tables
      photons: photons/photons
      channel: channel
      sigmav_min: sigmav_min
      sigmav_max: sigmav_max
      confidence_level: confidence_level
      threshold: threshold
      licence: licence
      result_version: result_version
    out: [tables, records, joint_table, joint_record]
  limit:
    label: Upper limit
    doc: "Joint upper limit on the annihilation cross-section, as table and record."
    run: tools/limit.cwl
    in:
      script: limit_script
      records: records
      dwarfs: dwarfs
      experiment: experiment
      spectra_tables: spectra_tables
      photons: photons/photons
      channel: channel
      sigmav_min: sigmav_min
      sigmav_max: sigmav_max
      confidence_level: confidence_level
      threshold: threshold
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
