# Checks of the workflow's outputs on REANA. The checksum is that of the table which data/experiment.json
# gives as it came with the template: put your own in when you change the input.

Feature: Outputs of the workflow

    As a physicist,
    I want to know that the workflow gives the same numbers wherever it runs,
    so that I can trust a rerun.

    Scenario: The results and the figure are there
        When the workflow is finished
        Then the workspace should contain "outputs/region.csv"
        And the workspace should contain "outputs/region.result.json"
        And the workspace should contain "outputs/relic.csv"
        And the workspace should contain "outputs/relic.result.json"
        And the workspace should contain "outputs/region.svg"
        And all the outputs should be included in the workspace

    Scenario: The numbers are the expected ones
        When the workflow is finished
        Then the sha256 checksum of the file "outputs/region.csv" should be "77f06bc7089def1646a96ea5541341d8bd4c51e2d2d48f09210943b20888b8a7"
