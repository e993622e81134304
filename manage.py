"""The command line: a thin door to the services, for the same store that the dashboard serves."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from services import exports, imports, integrity, opportunities, practices, sample, snapshots, surroundings
from services.actors import Actor
from services.errors import CareManagerError, ConfigurationError, InvalidRequest, UnusableExtract
from services.store import Store, open_store

DONE, NOTHING_USED, WRONG_CALL = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 nothing could be used, 2 wrong call."""
    call = _parser().parse_args(arguments)
    now = datetime.now(UTC)
    try:
        store = open_store(surroundings.store_path(os.environ), now=now)
    except (CareManagerError, ConfigurationError) as problem:
        print(problem, file=sys.stderr)
        return NOTHING_USED
    try:
        code: int = call.command(store, call, now)
    except InvalidRequest as problem:
        print(problem, file=sys.stderr)
        return WRONG_CALL
    except (CareManagerError, ConfigurationError) as problem:
        print(problem, file=sys.stderr)
        return NOTHING_USED
    finally:
        store.close()
    return code


def add_sample(store: Store, call: argparse.Namespace, now: datetime) -> int:
    """Add the sample practice, or remove it."""
    if call.remove:
        sample.remove(store, actor=_person(), now=now)
        print("The sample practice was removed. Everything else was kept.")
        return DONE
    if not (call.if_empty and practices.all_practices(store)):
        print("Adding the sample practice ...", flush=True)
        sample.add(store, today=surroundings.today(os.environ, now), actor=_person(), now=now)
        print("The sample practice was added. None of its patients is real.")
    if call.address:
        sample.serve_at(store, call.address, actor=_person(), now=now)
    return DONE


def import_extract(store: Store, call: argparse.Namespace, now: datetime) -> int:
    """Print what an extract would change, then apply it unless it is a dry run."""
    today = surroundings.today(os.environ, now)
    if not Path(call.path).exists():
        raise InvalidRequest(
            f"There is no file or folder {call.path}. Nothing was changed. Look at the name and try again."
        )
    extract = imports.read(Path(call.path), call.preset)
    preview = imports.preview(store, extract, practice=call.practice, actor=_person(), today=today)
    print(imports.in_words(preview))
    if not preview.is_usable:
        raise UnusableExtract("No row could be used. Nothing was changed. Mend the rows above and import again.")
    if call.dry_run:
        print("Dry run: nothing was changed.")
        return DONE
    result = imports.apply(store, extract, practice=call.practice, actor=_person(), now=now, today=today)
    print(result.sentence)
    practice = practices.named(practices.all_practices(store), result.practice)
    if practice:
        snapshots.take(store, practice, now=now, today=today)
    return DONE


def list_opportunities(store: Store, call: argparse.Namespace, now: datetime) -> int:
    """Print the list that the page shows."""
    today = call.today or surroundings.today(os.environ, now)
    chosen = practices.all_practices(store)
    if call.practice:
        one = practices.named(chosen, call.practice)
        if one is None:
            names = ", ".join(practice.name for practice in chosen) or "none yet"
            raise InvalidRequest(f"There is no practice called {call.practice}. There are: {names}.")
        chosen = [one]
    person = _person()
    table = opportunities.export(store, chosen, opportunities.Filters(), actor=person, now=now, today=today)
    if call.all:
        table = pl.concat(
            [table, *(opportunities.unlisted(store, practice, actor=person, today=today) for practice in chosen)],
            how="diagonal",  # What is no opportunity has no chance.
        )
    if call.format == "csv":
        sys.stdout.write(exports.csv_text(table))
    elif call.format == "json":
        print(exports.json_text(table))
    else:
        with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, tbl_hide_dataframe_shape=True, fmt_str_lengths=60):
            print(table)
    return DONE


def migrate(store: Store, call: argparse.Namespace, now: datetime) -> int:
    """Say what opening the store brought up to date."""
    print("\n".join(f"Applied {name}." for name in store.applied) or "The store is up to date.")
    return DONE


def check(store: Store, call: argparse.Namespace, now: datetime) -> int:
    """Print what is wrong inside the store, if anything is."""
    faults = integrity.faults(store)
    print("\n".join(faults) or "The store is whole.")
    return NOTHING_USED if faults else DONE


def _person() -> Actor:
    """Return who is at the command line, for the record of a change."""
    try:
        return Actor.at_the_command_line(getpass.getuser())
    except (KeyError, OSError):
        return Actor.at_the_command_line("somebody")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="manage.py", description="Care Manager from the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("sample", help="add the sample practice, or remove it")
    one.add_argument("--if-empty", action="store_true", help="only when there is no practice yet")
    one.add_argument("--address", metavar="URL", help="where the links in its messages open, on this machine")
    one.add_argument("--remove", action="store_true", help="remove the sample practice and all that is about it")
    one.set_defaults(command=add_sample)

    one = commands.add_parser("import", help="print what an extract would change, then apply it")
    one.add_argument("path", metavar="PATH", help="a file, a folder or a zip (docs/extract.md)")
    one.add_argument(
        "--preset", default="canonical", choices=list(imports.PRESETS), help="where the extract comes from"
    )
    one.add_argument("--practice", metavar="NAME", help="the practice it belongs to; a new name makes a new practice")
    one.add_argument("--dry-run", action="store_true", help="print only, change nothing")
    one.set_defaults(command=import_extract)

    one = commands.add_parser("opportunities", help="print the list that the page shows")
    one.add_argument("--format", default="table", choices=["csv", "json", "table"])
    one.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the practice-local day")
    one.add_argument("--practice", metavar="NAME", help="this practice only")
    one.add_argument("--all", action="store_true", help="also the open courses that are not listed, and why")
    one.set_defaults(command=list_opportunities)

    commands.add_parser("migrate", help="bring the store up to this program").set_defaults(command=migrate)
    commands.add_parser("check", help="look for faults in the store").set_defaults(command=check)
    return parser


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # whoever reads the list has read enough
        sys.exit(main())
