"""Each class of Rucio's exceptions has a message of its own, with what to do."""

from __future__ import annotations

import pytest

from fairport.lake.failures import LakeAwayError, LakeError, RemoteError, explain

CLASSES = (
    "ServerConnectionException CannotAuthenticate CannotAuthorize MissingClientParameter AccessDenied "
    "DataIdentifierNotFound DataIdentifierAlreadyExists ScopeNotFound RSENotFound InvalidRSEExpression "
    "NoFilesDownloaded NotAllFilesDownloaded NoFilesUploaded NotAllFilesUploaded InputValidationError "
    "InvalidObject UnsupportedOperation RSEWriteBlocked RSEChecksumUnavailable DatabaseException "
    "UntrustedLakeError RefusedCertificateError"
).split()


@pytest.mark.parametrize("name", CLASSES)
def test_each_class_is_explained(name: str) -> None:
    error = explain(RemoteError([name, "RucioException", "Exception"], "because", False), subject="s:n")
    assert error.what != "the lake refused the request"
    assert error.mend
    assert (error.where, error.why) == ("s:n", "because")
    assert error.exit_code in (1, 2)


def test_messages_differ() -> None:
    errors = [explain(RemoteError([name], "", False)).what for name in CLASSES]
    assert len(set(errors)) == len(errors)


def test_what_nobody_foresaw_is_told_with_its_class() -> None:
    error = explain(RemoteError(["BrandNewProblem", "RucioException"], "x" * 5000, False))
    assert isinstance(error, LakeError)
    assert "BrandNewProblem" in str(error.why)
    assert len(str(error)) < 500


def test_a_lake_that_is_away_is_known_by_its_base_class() -> None:
    assert isinstance(explain(RemoteError(["ReadTimeout", "Timeout", "OSError"], "x", True)), LakeAwayError)
