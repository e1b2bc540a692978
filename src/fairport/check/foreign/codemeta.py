"""CodeMeta 3: its terms, what was renamed, and the least that makes a description useful."""

from __future__ import annotations

from typing import Final

CONTEXTS: Final = (
    "https://w3id.org/codemeta/3.0",
    "https://w3id.org/codemeta/3.1",
    "https://doi.org/10.5063/schema/codemeta-3.0",
    "https://raw.githubusercontent.com/codemeta/codemeta/3.0/codemeta.jsonld",
)
"""Context addresses of version 3."""

REQUIRED: Final = (
    "@context",
    "@type",
    "name",
    "description",
    "author",
    "codeRepository",
    "license",
    "version",
)
"""CodeMeta itself demands nothing; this is the least that a reader needs."""

RENAMED: Final = {
    "contIntegration": "continuousIntegration",
    "embargoDate": "embargoEndDate",
    "creator": "author",
}
"""Terms of version 2 that version 3 renamed or dropped in favour of another."""

TERMS: Final = frozenset(
    (
        # schema.org: SoftwareSourceCode and SoftwareApplication
        "codeRepository programmingLanguage runtimePlatform targetProduct applicationCategory "
        "applicationSubCategory codeSampleType "
        "downloadUrl fileSize installUrl memoryRequirements operatingSystem permissions "
        "processorRequirements releaseNotes "
        "softwareHelp softwareRequirements softwareVersion storageRequirements supportingData "
        # schema.org: CreativeWork
        "author citation contributor copyrightHolder copyrightYear dateCreated dateModified datePublished "
        "editor encoding encodingFormat "
        "fileFormat funder funding keywords license producer provider publisher sponsor version "
        "isAccessibleForFree isBasedOn "
        "isPartOf hasPart position about abstract audience inLanguage maintainer creditText "
        "conditionsOfAccess "
        "educationalUse review usageInfo workExample "
        # schema.org: Thing
        "description identifier name sameAs url relatedLink alternateName image mainEntityOfPage "
        "potentialAction subjectOf "
        # CodeMeta
        "softwareSuggestions continuousIntegration buildInstructions developmentStatus embargoEndDate readme "
        "issueTracker "
        "referencePublication hasSourceCode isSourceCodeOf unnamedSourcecode"
    ).split()
)
"""Terms of the version 3 context."""
