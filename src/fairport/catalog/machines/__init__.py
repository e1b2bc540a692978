"""What the catalogue says to machines: one dossier a record, written in the format of each community."""

from fairport.catalog.machines.dossier import Agent, Dossier, FileEntry, Site
from fairport.catalog.machines.dossiers import analysis_dossier, result_dossier, site_of

__all__ = ["Agent", "Dossier", "FileEntry", "Site", "analysis_dossier", "result_dossier", "site_of"]
