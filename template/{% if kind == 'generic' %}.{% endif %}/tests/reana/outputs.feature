# Checks of the workflow's outputs on REANA. The checksum is that of the table which data/experiment.json
# gives as it came with the template: put your own in when you change the input.

Feature: Outputs of the workflow

    As a physicist,
    I want to know that the workflow gives the same numbers wherever it runs,
    so that I can trust a rerun.

    Scenario: The results and the figure are there
        When the workflow is finished
        Then the workspace should contain "outputs/coupling.csv"
        And the workspace should contain "outputs/coupling.result.json"
        And the workspace should contain "outputs/coupling.svg"
        And all the outputs should be included in the workspace

    Scenario: The numbers are the expected ones
        When the workflow is finished
        Then the sha256 checksum of the file "outputs/coupling.csv" should be "64381deced599ba6116ed963dd8d97c8dd9c913a2688436bbdf59b218c44092c"
