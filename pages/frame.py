"""The frame around every page: navigation, the practice switch, and what all pages say."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts import action_dialogs, book_wish, contact_dialog, lightbulb, outcomes, patient_panel, session, sign_in
from services.actors import Right
from services.errors import CareManagerError

HERE = Path(__file__).resolve().parent
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f6b74"/>'
    '<path d="M9 17l5 5 9-12" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round"/></svg>'
)
"""The browser tab's picture; a named icon would be fetched from another company's server."""

WORDMARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 32" role="img" aria-label="Care Manager">'
    '<text x="0" y="23" textLength="148" lengthAdjust="spacingAndGlyphs" '
    'font-family="system-ui, Arial, sans-serif" font-size="20" font-weight="700" fill="#26848f">'
    "Care Manager</text></svg>"
)
"""The product's name above the navigation, as wide in any font, in a colour that can be read on light and on dark."""

NARROW_MARGINS = "<style>.stMainBlockContainer {padding-left: 1.25rem; padding-right: 1.25rem}</style>"
"""The theme sets the space above a page, not beside it, where the list needs it."""

PAGES: dict[str, tuple[str, str, str, Right | None]] = {
    "opportunities.py": ("Opportunities", ":material/format_list_bulleted:", "", Right.SEE),
    "my_list.py": ("My list", ":material/call:", "my-list", Right.WORK),
    "pipeline.py": ("Pipeline", ":material/monitoring:", "pipeline", Right.SEE),
    "appointment_book.py": ("Appointment book", ":material/calendar_view_week:", "appointment-book", Right.SEE),
    "to_enter.py": ("To enter in the PMS", ":material/checklist:", "to-enter", Right.SEE),
    "clean_up.py": ("Clean-up", ":material/cleaning_services:", "clean-up", Right.WORK),
    "results.py": ("Results", ":material/fact_check:", "results", Right.SEE),
    "forecast.py": ("Forecast", ":material/online_prediction:", "forecast", Right.SEE),
    "nhs_contract.py": ("NHS contract", ":material/contract:", "nhs-contract", Right.SEE),
    "templates.py": ("Templates", ":material/article:", "templates", Right.SEE),
    "messages.py": ("Messages", ":material/mail:", "messages", Right.SEE),
    "sequences.py": ("Sequences", ":material/conversion_path:", "sequences", Right.SEE),
    "explore.py": ("Explore", ":material/query_stats:", "explore", Right.SEE),
    "digest.py": ("Weekly digest", ":material/outgoing_mail:", "digest", Right.DIGEST),
    "imports.py": ("Import", ":material/upload_file:", "import", Right.PREVIEW),
    "people.py": ("People", ":material/group:", "people", Right.SEE_PEOPLE),
    "audit.py": ("Audit", ":material/history:", "audit", Right.HISTORY),
    "settings.py": ("Settings", ":material/tune:", "settings", Right.SETTINGS),
    "booking_settings.py": (
        "Booking settings",
        ":material/edit_calendar:",
        "booking-settings",
        Right.SETTINGS,
    ),
    "account.py": ("Your account", ":material/account_circle:", "account", None),
}
"""Every page: its file, its title, its picture, its address, and the right for which the menu shows it.

A file in pages/ that is not here is no page.
"""


def main() -> None:
    """Draw the frame and the page that was asked for inside it."""
    st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state=212)
    signed_in = sign_in.gate()
    page = st.navigation(
        [
            st.Page(
                HERE / file,
                title=title,
                icon=icon,
                url_path=address,
                default=not address,
                visibility="visible" if signed_in and (right is None or signed_in.actor.may(right)) else "hidden",
            )
            for file, (title, icon, address, right) in PAGES.items()
        ],
        # The same pages for everybody: another list would lose the address that was asked for.
        position="sidebar" if signed_in else "hidden",
        expanded=True,
    )
    st.logo(WORDMARK, size="large", icon_image=ICON)
    if signed_in is None:
        return
    st.set_page_config(f"{page.title} · Care Manager")
    st.html(NARROW_MARGINS)
    book_wish.follow(HERE, next(file for file, (title, *_) in PAGES.items() if title == page.title))
    try:
        with st.sidebar:
            session.choose_practice()
            here = session.current()
            lightbulb.show()
            st.caption(f"{here.actor.name}, {here.actor.role}")
            sign_in.sign_out()
        if said := st.session_state.pop("said", None):
            st.success(said)
        outcomes.show(here)
        if any(practice.is_sample for practice in session.current().shown):
            st.badge("Sample data: not real patients.", icon=":material/science:", color="orange")
        page.run()
        action_dialogs.draw(here)
        contact_dialog.draw(here)
        patient_panel.draw_drawer(here)
    except CareManagerError as problem:
        st.error(str(problem))


if __name__ == "__main__":
    main()
