"""The order of the work list: a rank switch, a sort control and the table's headings, all one value in the address."""

from __future__ import annotations

import streamlit as st

from services.opportunities import RANKS, SORTS, Order

AMOUNTS = ("value", "uda", "worth", "expected")
NUMBERS = (*AMOUNTS, "cot_number")
DAYS = ("opened_on", "last_updated_on", "next_visit_on")


def _directions(sort: str) -> tuple[str, str]:
    if sort in NUMBERS:
        return "lowest first", "highest first"
    return ("earliest first", "latest first") if sort in DAYS else ("A to Z", "Z to A")


ORDERS: dict[str, Order] = {"Oldest first, then value": Order()} | {
    f"{label}, {direction}": Order(sort, is_descending)
    for sort, label in SORTS.items()
    if sort != "oldest"
    for is_descending, direction in zip((False, True), _directions(sort), strict=True)
}
"""Every order by its words."""

SHORT = {"oldest": "Oldest", "expected": "Expected"}
"""The ranks whose words are too long to stand side by side."""

WORDS = {order: label for label, order in ORDERS.items()}


def draw() -> Order:
    """Draw the rank switch and the sort control, and return the order they show."""
    ranks, sorts = st.container(width="content"), st.container(width=214)
    chosen = sorts.selectbox("Sort by", list(ORDERS), key="sort", bind="query-params")
    order = ORDERS[chosen]
    st.session_state["rank"] = order.sort if order == Order.by_rank(order.sort) and order.sort in RANKS else None
    ranks.segmented_control(
        "Rank", list(RANKS), format_func=lambda rank: SHORT.get(rank, RANKS[rank]), key="rank", on_change=_rank
    )
    return order


def turn_to(sort: str, shown: Order) -> None:
    """Order by a column whose heading was clicked: money and UDAs highest first, and a second click turns it round."""
    is_descending = not shown.is_descending if shown.sort == sort else sort in AMOUNTS
    st.session_state["sort"] = WORDS[Order(sort, is_descending)]


def _rank() -> None:
    # A click on the rank that is on takes it off: there is no list without an order, so it stays.
    if rank := st.session_state["rank"]:
        st.session_state["sort"] = WORDS[Order.by_rank(rank)]
