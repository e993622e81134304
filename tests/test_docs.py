"""The documents say what is so: every path, command and variable that they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
CODE = "\n".join(
    file.read_text(encoding="utf-8")
    for folder in ("services", "pages", "queries")
    for file in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_link_leads_somewhere(document):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_path_of_the_project_exists(document):
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`((?:app|manage|pages|services|queries|tests|benchmarks|docs|\.streamlit)[\w./-]*)`", text)
    paths = [path for path in named if "/" in path or path.endswith((".py", ".sql", ".md", ".toml"))]
    # Secrets are each installation's own.
    assert [path for path in paths if not (ROOT / path).exists()] in ([], [".streamlit/secrets.toml"])


def test_every_make_command_is_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in set(re.findall(r"make ([a-z]+)", README)) - {"help"}:
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command


def test_every_variable_is_read_and_every_one_read_is_told():
    told = set(re.findall(r"`(CARE_MANAGER_\w+)`", README))
    assert told == set(re.findall(r"\"(CARE_MANAGER_\w+)\"", CODE))


def test_every_layer_of_the_tree_is_told():
    folders = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} - {"docs", "benchmarks"}
    assert all(f"`{folder}/`" in README for folder in folders)


def test_every_requirement_is_pinned_with_its_reason():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                assert re.fullmatch(r"[\w.\[\]-]+==[\w.]+\s+# .+", line), line
