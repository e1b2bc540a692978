Feature: outputs

  Scenario: The table is there and is the published one
    When the workflow is finished
    Then the workspace should include "outputs/si.csv"
    And the sha256 checksum of the file "outputs/si.csv" should be "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
