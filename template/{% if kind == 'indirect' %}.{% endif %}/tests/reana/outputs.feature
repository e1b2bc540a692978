# Checks of the workflow's outputs on REANA. The checksum is that of the table which data/experiment.json
# gives as it came with the template: put your own in when you change the input.

Feature: Outputs of the workflow

    As a physicist,
    I want to know that the workflow gives the same numbers wherever it runs,
    so that I can trust a rerun.

    Scenario: The results and the figure are there
        When the workflow is finished
        Then the workspace should contain "outputs/photons.csv"
        And the workspace should contain "outputs/profile-draco.csv"
        And the workspace should contain "outputs/profile-draco.result.json"
        And the workspace should contain "outputs/profile-ursa-minor.csv"
        And the workspace should contain "outputs/profile-ursa-minor.result.json"
        And the workspace should contain "outputs/profile-sculptor.csv"
        And the workspace should contain "outputs/profile-sculptor.result.json"
        And the workspace should contain "outputs/profile-fornax.csv"
        And the workspace should contain "outputs/profile-fornax.result.json"
        And the workspace should contain "outputs/joint.csv"
        And the workspace should contain "outputs/joint.result.json"
        And the workspace should contain "outputs/limit.csv"
        And the workspace should contain "outputs/limit.result.json"
        And the workspace should contain "outputs/limit.svg"
        And all the outputs should be included in the workspace

    Scenario: The numbers are the expected ones
        When the workflow is finished
        Then the sha256 checksum of the file "outputs/limit.csv" should be "503e38df7252e0c4e5cee5fce22493ded10803a99f43d556c8fcf59ccfa8c838"
