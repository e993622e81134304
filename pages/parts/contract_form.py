"""The NHS contracts of a practice: a table of their terms, and a form that adds, changes, ends or removes one."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from pages.parts import saving, session
from services import contracts
from services.contracts import Term
from services.practices import Practice
from services.settings import Change

NEW = "A new term"
FIRST_DAY = date(2006, 4, 1)
"""Since then NHS dental contracts count in UDAs."""

LAST_DAY = date(2100, 3, 31)


def draw(here: session.Session, practice: Practice) -> None:
    """Draw the table and the form."""
    st.markdown(
        "UDAs are worth the value of the term that covers the day of the list: without one they are counted, but worth "
        "nothing. **The next extract that has a contract overwrites its terms here, so change them in your practice "
        "management system too.**"
    )
    kept = contracts.terms(here.store, practice, actor=here.actor)
    if kept:
        show_table(kept)
    else:
        st.info("There is no contract yet. Add its first term below.")
    terms = {term.label: term for term in kept}
    with st.container(border=True):
        label = st.selectbox(
            "Term", [NEW, *terms], key=f"term_{practice.practice_id}", persist_state="session", width=320
        )
        term = terms.get(label)
        change = kept[term] if term else None
        version = change.at.isoformat() if change else practice.revision
        ask(practice, term, f"{practice.practice_id}_{term}_{version}", began_on=_year(here.today))


def show_table(kept: dict[Term, Change | None]) -> None:
    """Draw the terms."""
    rows = pl.DataFrame(
        [
            {
                "Contract": term.contract_id,
                "First day": term.from_on,
                "Last day": term.to_on,
                "UDA value": term.uda_value_pence / 100,
                "UDAs to do": term.uda_target,
                "Last changed": str(last) if last else "Brought by an extract",
            }
            for term, last in kept.items()
        ],
        schema_overrides={"Last day": pl.Date, "UDAs to do": pl.Float64},
    )
    days = st.column_config.DateColumn(format="D MMM YYYY")
    columns = {
        "First day": days,
        "Last day": days,
        "UDA value": st.column_config.NumberColumn(format="£%.2f"),
        "UDAs to do": st.column_config.NumberColumn(format="localized"),
    }
    st.dataframe(rows.to_arrow(), hide_index=True, column_config=columns, placeholder="–", alt="Terms of NHS contracts")


def ask(practice: Practice, term: Term | None, key: str, *, began_on: date) -> None:
    """Draw the form of a term; its keys are other ones for each term and after each change."""
    fields = {name: f"term_{name}_{key}" for name in ("contract", "from", "to", "value", "target")}
    with st.form(f"contract_{practice.practice_id}", border=False):
        contract, first, last, value, target = st.columns([1.4, 1, 1, 1, 1])
        contract.text_input(
            "Contract", term.contract_id if term else "", key=fields["contract"], max_chars=40, persist_state="session"
        )
        first.date_input(
            "First day",
            term.from_on if term else began_on,
            FIRST_DAY,
            LAST_DAY,
            key=fields["from"],
            format="DD/MM/YYYY",
            persist_state="session",
        )
        last.date_input(
            "Last day",
            term.to_on if term else None,
            FIRST_DAY,
            LAST_DAY,
            key=fields["to"],
            help="Leave it empty while the term has no end.",
            format="DD/MM/YYYY",
            persist_state="session",
        )
        value.number_input(
            "UDA value (£)",
            min_value=0.0,
            max_value=contracts.MOST_PER_UDA / 100,
            value=term.uda_value_pence / 100 if term else None,
            step=0.5,
            format="%.2f",
            key=fields["value"],
            persist_state="session",
        )
        target.number_input(
            "UDAs to do",
            min_value=0.0,
            max_value=float(contracts.MOST_UDAS),
            value=term.uda_target if term else None,
            step=100.0,
            format="%.1f",
            key=fields["target"],
            persist_state="session",
        )
        saving.show("contract")
        with st.container(horizontal=True):
            label = "Save the term" if term else "Add the term"
            st.form_submit_button(label, type="primary", on_click=_write, args=(practice, term, fields))
            if term:
                st.form_submit_button("Remove the term", on_click=_remove, args=(practice, term))


def _write(practice: Practice, was: Term | None, fields: dict[str, str]) -> None:
    typed = {name: st.session_state[key] for name, key in fields.items()}
    term = Term(typed["contract"], typed["from"], typed["to"], round((typed["value"] or 0) * 100), typed["target"])

    def change(here: session.Session) -> list[str]:
        return contracts.write(here.store, practice, term, was=was, actor=here.actor, now=here.now)

    saving.save(practice, "contract", change)


def _remove(practice: Practice, term: Term) -> None:
    saving.save(
        practice, "contract", lambda here: contracts.remove(here.store, practice, term, actor=here.actor, now=here.now)
    )


def _year(day: date) -> date:
    """Return the first day of the NHS contract year of a day."""
    return date(day.year if (day.month, day.day) >= (4, 1) else day.year - 1, 4, 1)
