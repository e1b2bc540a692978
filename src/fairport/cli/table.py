"""The static table of commands: name, where it lives and its short help.

The program reads this table for ``--help`` and for shell completion, so that no command module is
imported before its command is really called. Adding a command is adding one line here;
``tests/cli/test_table.py`` holds each line against its module.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Entry(NamedTuple):
    """One command.

    Attributes:
        path: its words after ``fairport`` (``"check"``, ``"catalog build"``).
        module: module that holds it.
        attribute: name of the click command in that module.
        help: short help, one line without a full stop.
    """

    path: str
    module: str
    attribute: str
    help: str


GROUPS: Final[dict[str, str]] = {
    "data": "Lock, fetch and verify the data that an analysis needs",
    "runs": "List runs, show their state and logs, fetch or cancel them",
    "result": "Show, import and export results, make reference lines",
    "catalog": "Harvest analyses and build the catalogue site",
}
"""Short help of each group; a group is shown as soon as one of its commands stands in the table."""

COMMANDS: Final[tuple[Entry, ...]] = (
    Entry("demo", "fairport.cli.demo", "command", "See the whole flow on three published experiments"),
    Entry("doctor", "fairport.cli.doctor", "command", "Show what works here, and the mend for what does not"),
    Entry("new", "fairport.cli.new", "command", "Make a new analysis repository"),
    Entry("update", "fairport.cli.update", "command", "Bring a repository to a later template"),
    Entry("adopt", "fairport.cli.adopt", "command", "Bring an existing repository in"),
    Entry("bundle", "fairport.cli.bundle", "command", "Build the record of an analysis for a release"),
    Entry("sync", "fairport.cli.sync", "command", "Make the derived metadata files from fairport.yaml"),
    Entry("check", "fairport.cli.check", "command", "Check repositories against the rules of the contract"),
    Entry("assess", "fairport.cli.assess", "command", "Say how FAIR an analysis is, with the evidence"),
    Entry("explain", "fairport.cli.explain", "command", "Say what a rule wants and why"),
    Entry("rules", "fairport.cli.rules", "command", "List the rules of check"),
    Entry("data lock", "fairport.cli.data", "lock", "Resolve the data of the manifest to exact files"),
    Entry("data pull", "fairport.cli.data", "pull", "Bring the locked files into place and prove them"),
    Entry("data push", "fairport.cli.data", "push", "Bring outputs into the lake as closed datasets"),
    Entry("data verify", "fairport.cli.data", "verify", "Read every file and hold it against the lock"),
    Entry("data status", "fairport.cli.data", "status", "Show what of the data is in place"),
    Entry("data inject", "fairport.cli.data", "inject", "Bring what is new at a source into the lake"),
    Entry("data paths", "fairport.cli.data", "paths", "Tell where the data of each DID lie"),
    Entry("data lab", "fairport.cli.lab", "lab", "A real Rucio lake on this machine, to try and to test"),
    Entry("run", "fairport.cli.run", "command", "Run the workflow of an analysis and install its results"),
    Entry("runs list", "fairport.cli.runs", "list_", "List the runs of an analysis"),
    Entry("runs status", "fairport.cli.runs", "status", "Show one run: state, steps, results"),
    Entry("runs logs", "fairport.cli.runs", "logs", "Show what the steps of a run wrote"),
    Entry("runs fetch", "fairport.cli.runs", "fetch", "Wait for a run and install its results"),
    Entry("runs cancel", "fairport.cli.runs", "cancel", "Stop a run"),
    Entry("result import", "fairport.cli.result", "import_", "Read tables of other communities as results"),
    Entry("result export", "fairport.cli.result", "export", "Write a result in another format"),
    Entry("result show", "fairport.cli.result", "show", "Explain one result in words"),
    Entry("result line", "fairport.cli.result", "line", "Make a reference line: thermal relic, QCD axion"),
    Entry("combine", "fairport.cli.combine", "command", "Combine likelihoods, or draw an envelope of limits"),
    Entry("translate", "fairport.cli.translate", "command", "Write a result into another plane"),
    Entry("compare", "fairport.cli.compare", "command", "Put results side by side and say who leads"),
    Entry("exclude", "fairport.cli.exclude", "command", "Say which points of a model are excluded"),
    Entry("plot", "fairport.cli.plot", "command", "Draw results of one plane into a file"),
    Entry("reproduce", "fairport.cli.reproduce", "command", "Rerun results and say whether they still hold"),
    Entry("catalog init", "fairport.cli.catalog", "init", "Begin a catalogue"),
    Entry("catalog add", "fairport.cli.catalog_add", "add", "Register a repository, collection or bundle"),
    Entry("catalog remove", "fairport.cli.catalog", "remove", "Take an entry out of the registry"),
    Entry("catalog preview", "fairport.cli.catalog", "preview", "Show the pages that a repository would get"),
    Entry("catalog harvest", "fairport.cli.catalog", "harvest", "Freeze what every repository publishes"),
    Entry("catalog build", "fairport.cli.catalog", "build", "Build the site from what was harvested"),
    Entry("catalog status", "fairport.cli.catalog_status", "status", "Show the state of every entry"),
    Entry("catalog diff", "fairport.cli.catalog_diff", "diff", "Say what the next publication changes"),
    Entry("catalog release", "fairport.cli.catalog_diff", "release", "Freeze a version of the catalogue"),
    Entry("catalog serve", "fairport.cli.catalog", "serve", "Serve a built site on this machine"),
    Entry("completion", "fairport.cli.completion", "command", "Print the completion script for a shell"),
)
