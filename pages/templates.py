"""Templates: the texts that a practice sends, by channel; one of them open to read, write and preview."""

from __future__ import annotations

import streamlit as st

from pages.parts import dialogs, format, one_practice, session, template_dialogs, template_drafts, template_editor
from pages.parts.template_drafts import Open
from services import templates
from services.actors import Right
from services.practices import Practice
from services.templates import BEGUN, CHANNELS, KINDS, Kept, Template

NEW = {"email": "New e-mail", "sms": "New SMS"}


def origin(template: Template) -> str:
    """Say where a template is from, and who changed it last."""
    if template.is_as_shipped:
        return "Came with Care Manager"
    whence = "Came with Care Manager, changed by" if template.is_shipped else "Your own, last changed by"
    return f"{whence} {template.changed}"


def title_of(opened: Open) -> str:
    """Say what is open."""
    if opened.template is None:
        return NEW[opened.start.channel]
    return f"{opened.template.name} ({CHANNELS[opened.start.channel]})"


def draw_row(practice: Practice, kept: Kept, template: Template, *, may_change: bool) -> None:
    """Draw a template with what can be done with it."""
    told, acts = st.columns([5, 7], vertical_alignment="center")
    told.markdown(
        f"**{format.plain(template.name)}**, {KINDS[template.kind].lower()}  \n:small[{format.plain(origin(template))}]"
    )
    id_, about = template.template_id, (practice, template)
    with acts, st.container(horizontal=True, gap="xsmall"):
        st.button(
            "Change" if may_change else "Look",
            key=f"template_open_{id_}",
            icon=":material/edit:" if may_change else ":material/visibility:",
            on_click=template_drafts.open_,
            args=(practice, template.draft, template),
        )
        if not may_change:
            return
        copied = templates.copy_of(template, kept.templates)
        args = (practice, copied)
        st.button(
            "Copy",
            key=f"template_copy_{id_}",
            icon=":material/content_copy:",
            on_click=template_drafts.open_,
            args=args,
        )
        if template.is_shipped and not template.is_as_shipped:
            st.button(
                "As it came",
                key=f"template_restore_{id_}",
                icon=":material/undo:",
                on_click=dialogs.ask,
                args=(template_dialogs.RESTORE, about),
            )
        st.button(
            "Remove",
            key=f"template_remove_{id_}",
            icon=":material/delete:",
            on_click=dialogs.ask,
            args=(template_dialogs.REMOVE, about),
        )


def draw_list(practice: Practice, kept: Kept, *, may_change: bool) -> None:
    """Draw the templates by channel, and those of the product's that were removed."""
    for channel, words in CHANNELS.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(words, anchor=False, width="content")
            if may_change:
                args = (practice, BEGUN[channel])
                st.button(
                    NEW[channel],
                    key=f"template_new_{channel}",
                    icon=":material/add:",
                    on_click=template_drafts.open_,
                    args=args,
                )
        own = [one for one in kept.templates if one.channel == channel]
        if not own:
            st.info(f"There is no template for {words}, so none can be sent. Write a new one, or restore one below.")
        for template in own:
            draw_row(practice, kept, template, may_change=may_change)
    if kept.removed and may_change:
        st.subheader("Removed", anchor=False)
        for template in kept.removed:
            st.button(
                f"Restore {template.name} ({CHANNELS[template.channel]})",
                key=f"template_restore_{template.template_id}",
                icon=":material/undo:",
                on_click=dialogs.ask,
                args=(template_dialogs.RESTORE, (practice, template)),
            )


here = session.require(Right.SEE)
st.title("Templates", anchor=False)
if not here.practices:
    st.info("There is no practice yet. Import an extract, or add the sample practice, on the other pages.")
    st.stop()
practice = one_practice.choose(here, "templates_of")
kept = templates.of(here.store, practice, actor=here.actor)
opened = template_drafts.opened(practice)
if opened:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "All templates",
            key="template_back",
            icon=":material/arrow_back:",
            on_click=template_editor.go_back,
            args=(opened,),
        )
        st.subheader(format.plain(title_of(opened)), anchor=False, width="content")
    template_editor.draw(here, opened, kept)
else:
    st.markdown("The texts that are offered when patients are written to.")
    draw_list(practice, kept, may_change=here.actor.may(Right.SETTINGS))
template_dialogs.draw(here)
