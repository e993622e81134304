"""The NHS contract of a year: where it stands, what being below its target costs, and what would bring it there."""

from __future__ import annotations

from datetime import date

import streamlit as st

from pages.parts import format, nhs_chart, nhs_figures_form, nhs_left, nhs_standing, nhs_to_book, one_practice, session
from services import nhs_contract
from services.actors import Right
from services.nhs_contract import Standing
from services.practices import Practice
from services.settings import NATIONS
from services.surroundings import ROOT

TABS = ("Book these", "Suspended pathways", "Incomplete claims", "Type in figures")


def say_no_udas(practice: Practice) -> None:
    """Say why there is nothing to see."""
    st.info(
        f"{practice.nation}: {NATIONS.get(practice.nation, 'no UDAs.')} This page is for contracts that count in UDAs, "
        "as in England. Was the nation meant to be another? It is on the page Settings, under Practice."
    )


def say_no_contract(here: session.Session) -> None:
    """Say how a contract gets in."""
    st.info(
        "The practice has no NHS contract yet. An extract brings it, or type in its first term on the page Settings, "
        "under NHS contracts: the value of a UDA and the UDAs to do."
    )
    if here.actor.may(Right.SETTINGS):
        st.page_link(ROOT / "pages" / "settings.py", label="Settings", icon=":material/tune:")


def choose(practice: Practice, contracts: dict[str, list[date]]) -> tuple[str, date]:
    """Return the contract and the year that the page is about."""
    contract_id = next(iter(contracts))
    if len(contracts) > 1:
        contract_id = st.selectbox(
            "Contract", list(contracts), key=f"nhs_contract_{practice.practice_id}", persist_state="session", width=200
        )
    year = st.selectbox(
        "Contract year",
        contracts[contract_id],
        format_func=nhs_contract.year_in_words,
        key=f"nhs_year_{practice.practice_id}_{contract_id}",
        persist_state="session",
        width=140,
    )
    return contract_id, year


def say_no_term(here: session.Session, contract_id: str, years: list[date]) -> None:
    """Say that a contract has no term in the current year, where it has none."""
    if years[0] == (current := nhs_contract.year_of(here.today)):
        return
    st.info(
        f"The contract {format.plain(contract_id)} has no term in {nhs_contract.year_in_words(current)}. If it goes "
        "on, type in its new term on the page Settings, under NHS contracts."
    )


def draw_tabs(here: session.Session, practice: Practice, standing: Standing) -> None:
    """Draw what can be done about it; only the tab that is open is worked out."""
    names = TABS if here.actor.may(Right.SETTINGS) else TABS[:-1]
    tabs = dict(zip(names, st.tabs(names, key="nhs_tab", on_change="rerun"), strict=True))
    if (tab := tabs["Book these"]).open:
        with tab:
            nhs_to_book.draw(here, standing)
    if (tab := tabs["Suspended pathways"]).open:
        with tab:
            nhs_left.draw_suspended(here, practice, standing.contract_id)
    if (tab := tabs["Incomplete claims"]).open:
        with tab:
            nhs_left.draw_incomplete(here, practice, standing.contract_id)
    if "Type in figures" in tabs and (tab := tabs["Type in figures"]).open:
        with tab:
            nhs_figures_form.draw(practice, standing)


here = session.require(Right.SEE)
title_place, choices_place = st.columns([1, 3], vertical_alignment="bottom")
title_place.title("NHS contract", anchor=False)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice on the page Opportunities.")
    st.stop()
with choices_place, st.container(horizontal=True, vertical_alignment="bottom"):
    practice = one_practice.choose(here, "nhs_practice")
    contracts = (
        nhs_contract.contracts(here.store, practice, actor=here.actor, today=here.today)
        if nhs_contract.counts_udas(practice)
        else {}
    )
    chosen = choose(practice, contracts) if contracts else None
if not nhs_contract.counts_udas(practice):
    say_no_udas(practice)
elif chosen is None:
    say_no_contract(here)
else:
    with st.spinner("Adding up the year ..."):
        standing = nhs_contract.standing(here.store, practice, *chosen, actor=here.actor, today=here.today)
    say_no_term(here, chosen[0], contracts[chosen[0]])
    nhs_standing.cards(standing)
    nhs_standing.warn(standing)
    chart_place, lines_place = st.columns([55, 45], gap="large")
    with chart_place:
        nhs_chart.draw(standing)
    with lines_place:
        nhs_standing.lines(standing)
        nhs_standing.unscheduled(standing)
    nhs_standing.endings(standing)
    draw_tabs(here, practice, standing)
