# Checks of the workflow's outputs on REANA. The checksum is that of the table which data/experiment.json
# gives as it came with the template: put your own in when you change the input.

Feature: Outputs of the workflow

    As a physicist,
    I want to know that the workflow gives the same numbers wherever it runs,
    so that I can trust a rerun.

    Scenario: The results and the figure are there
        When the workflow is finished
        Then the workspace should contain "outputs/gamma.csv"
        And the workspace should contain "outputs/gamma.result.json"
        And the workspace should contain "outputs/neutrino.csv"
        And the workspace should contain "outputs/neutrino.result.json"
        And the workspace should contain "outputs/intervals.csv"
        And the workspace should contain "outputs/fraction.result.json"
        And the workspace should contain "outputs/fraction.svg"
        And all the outputs should be included in the workspace

    Scenario: The numbers are the expected ones
        When the workflow is finished
        Then the sha256 checksum of the file "outputs/intervals.csv" should be "75894a6fe2d092732a2b6c19d57fb8c481988c314c07752638bc3a12a88c9676"
