"""The courses that may be claimed as incomplete, as one page that needs nothing from elsewhere and prints well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from jinja2 import Environment, StrictUndefined

from services import words

PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Candidates for incomplete claims, {{ practice }}</title>
<style>
@page { size: A4; margin: 16mm 14mm }
body { font: 10.5pt/1.4 system-ui, Arial, sans-serif; color: #111; max-width: 190mm; margin: 1.5rem auto }
h1 { font-size: 16pt; margin: 0 0 .2rem }
h2 { font-size: 12pt; margin: 0 }
section { border-top: 1px solid #888; padding: .6rem 0; break-inside: avoid }
p { margin: .2rem 0 }
table { border-collapse: collapse; table-layout: fixed; width: 100%; margin-top: .3rem }
th, td { text-align: left; vertical-align: top; padding: .15rem .6rem .15rem 0; border-bottom: 1px solid #ddd }
th { font-weight: 600 }
.when { width: 9.5rem }
.what, .who { width: 10rem }
.sign { margin-top: .4rem; color: #444 }
@media print { body { margin: 0; padding: 0; max-width: none } }
</style>
</head>
<body>
<h1>Candidates for incomplete claims</h1>
<p>{{ practice }}, NHS contract {{ contract }}. Made on {{ on }} by {{ by }}: {{ rows | length }} \
{{ "course" if rows | length == 1 else "courses" }}. For the practice only: patients are named.</p>
<p>Each was begun, has no visit coming, had its last visit eight weeks ago or more, and the patient was tried or \
reached since. Check each against the chart before claiming: the patient charge is that of the work completed, the \
activity that of the band that was begun, which must be equal or higher. Claim by the practice's own policy on \
patients who do not come back.</p>
{% for row in rows %}
<section>
<h2>{{ row.patient }}, COT {{ row.cot_number }}</h2>
<p>{{ row.about }}</p>
<table>
<thead><tr><th class="when">Contact log</th><th class="what">What</th><th class="who">By</th><th>Note</th></tr></thead>
<tbody>
{% for one in row.tries %}
<tr><td class="when">{{ one.when }}</td><td>{{ one.what }}</td><td>{{ one.who }}</td><td>{{ one.note }}</td></tr>
{% endfor %}
</tbody>
</table>
<p class="sign">Claimed on ____________  by ____________</p>
</section>
{% else %}
<p>There is none today.</p>
{% endfor %}
</body>
</html>
"""

_template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(PAGE)


def page(practice: str, contract_id: str, rows: Sequence[Mapping[str, Any]], *, by: str, on: date) -> bytes:
    """Return the page; rows have in words: patient, cot_number, about, and tries with when, what, who and note."""
    text = _template.render(practice=practice, contract=contract_id, rows=rows, by=by, on=words.day(on))
    return text.encode("utf-8")
