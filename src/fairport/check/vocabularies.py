"""Controlled vocabularies of other bodies, written down from their specifications."""

from __future__ import annotations

from typing import Final

RESOURCE_TYPES: Final = (
    "Audiovisual Award Book BookChapter Collection ComputationalNotebook ConferencePaper "
    "ConferenceProceeding DataPaper "
    "Dataset Dissertation Event Image Instrument InteractiveResource Journal JournalArticle Model "
    "OutputManagementPlan "
    "PeerReview PhysicalObject Poster Preprint Presentation Project Report Service Software Sound Standard "
    "StudyRegistration Text Workflow Other"
).split()
"""DataCite resourceTypeGeneral, versions 4.0 to 4.7."""

RELATIONS: Final = (
    "IsCitedBy Cites IsSupplementTo IsSupplementedBy IsContinuedBy Continues IsDescribedBy Describes "
    "HasMetadata "
    "IsMetadataFor HasVersion IsVersionOf IsNewVersionOf IsPreviousVersionOf IsPartOf HasPart IsPublishedIn "
    "IsReferencedBy "
    "References IsDocumentedBy Documents IsCompiledBy Compiles IsVariantFormOf IsOriginalFormOf "
    "IsIdenticalTo IsReviewedBy "
    "Reviews IsDerivedFrom IsSourceOf IsRequiredBy Requires IsObsoletedBy Obsoletes IsCollectedBy Collects "
    "IsTranslationOf "
    "HasTranslation Other"
).split()
"""DataCite relationType, versions 4.0 to 4.7."""

PLACEHOLDERS: Final = (
    r"\{\{|\}\}|\{%|%\}|\bTODO\b|\bFIXME\b|\bXXX\b|lorem ipsum|\bchange ?me\b|\bplaceholder\b|"
    r"^(?:my|your|the|an?|new)? ?(?:analysis|project|title|description)(?: here)?$|<[a-z ]+>|\[your .*\]"
)
"""Template texts that were never replaced."""
