"""The editor of a template: its fields with what is wrong at each, the merge fields, and the preview."""

from __future__ import annotations

import streamlit as st

from pages.parts import dialogs, format, session, template_drafts, template_preview, typing_routes
from pages.parts.session import Session
from pages.parts.template_drafts import Open
from services import rendering, sms_length, templates
from services.actors import Right
from services.errors import CareManagerError
from services.sign_in import SessionEnded
from services.templates import CHANNELS, KIND_MEANINGS, KINDS, Draft, Kept

LEAVE = "template-leave"


def draw(here: Session, open_: Open, kept: Kept) -> None:
    """Draw the template that is open: to change it, or only to look at it."""
    may_change = here.actor.may(Right.SETTINGS)
    text_place, side_place = st.columns([58, 42], gap="large")
    with text_place:
        if may_change:
            _say_overtaken(open_, kept)
            draft = _fields(here, open_, kept)
        else:
            draft = open_.start
            _text(draft)
            st.caption("Practice managers can change it.")
    if may_change:
        typing_routes.load()
    with side_place:
        if may_change:
            _merge_fields(open_)
        st.subheader("Preview", anchor=False)
        template_preview.show(here, open_.practice, draft)


def go_back(open_: Open) -> None:
    """Go back to the list, once it is sure that nothing typed is lost unasked."""
    if open_.is_changed:
        dialogs.ask(LEAVE, open_)
    else:
        template_drafts.close(open_.practice)


def _fields(here: Session, open_: Open, kept: Kept) -> Draft:
    """Draw the fields of a template and return what they hold."""
    draft, start = open_.typed(), open_.start
    others = [one for one in kept.templates if not open_.template or one.template_id != open_.template.template_id]
    problems = templates.problems(draft, open_.practice, others)
    st.text_input("Name", start.name, key=open_.key("name"), live=True, persist_state="session")
    _say(problems.get("name"), is_said=bool(draft.name) or open_.is_tried)
    st.segmented_control(
        "Kind",
        list(KINDS),
        default=start.kind,
        required=True,
        format_func=KINDS.__getitem__,
        key=open_.key("kind"),
        persist_state="session",
    )
    st.caption(KIND_MEANINGS[draft.kind])
    if draft.channel == "email":
        st.text_input("Subject", start.subject or "", key=open_.key("subject"), live=True, persist_state="session")
        _say(problems.get("subject"), is_said=bool(draft.subject) or open_.is_tried)
    st.text_area(
        "Text",
        start.body,
        key=open_.key("body"),
        height=320 if draft.channel == "email" else 160,
        persist_state="session",
    )
    _say(problems.get("body"), is_said=bool(draft.body.strip()) or open_.is_tried)
    if draft.channel == "sms":
        _length(here, open_, draft)
    if open_.problem:
        st.error(format.plain(open_.problem), icon=":material/error:")
    st.button("Save", key="template_save", type="primary", on_click=_save, args=(open_,))
    return draft


def _length(here: Session, open_: Open, draft: Draft) -> None:
    """Say how long the SMS is, offer to replace what makes it dear, and what may not be in it."""
    found = template_preview.length(here, open_.practice, draft)
    if found:
        template_preview.say_length(found)
        plain = sms_length.made_plain(draft.body)
        if plain != draft.body:
            swapped = [letter for letter in sms_length.measured(draft.body).dear if letter in sms_length.PLAIN]
            told = ", ".join(f"{letter} by {sms_length.PLAIN[letter]}" for letter in swapped)
            st.button(
                "Replace them",
                key="template_plain",
                icon=":material/swap_horiz:",
                help=f"Replaces {told}.",
                on_click=_put,
                args=(open_, plain),
            )
        elif found.dear:
            st.caption("There is no other way to write them here: take them out, or send it so.")
    st.caption(templates.SMS_RULE)


def _merge_fields(open_: Open) -> None:
    """Draw the fields that a text may hold; a click puts one at its end."""
    st.subheader("Fields", anchor=False)
    example, nothing = templates.example_fields(open_.practice, open_.start.channel), "nothing yet"
    with st.container(horizontal=True, gap="xsmall"):
        for name, words in rendering.FIELDS.items():
            st.button(
                words,
                key=f"template_field_{name}",
                icon=":material/add:",
                help=f"`{{{{ {name} }}}}`  \n{format.plain(f'For example: {example[name] or nothing}')}",
                on_click=_append,
                args=(open_, name),
            )
    st.markdown(
        ":small[A click puts a field into the text. What stands between "
        "`{% if provider %}` and `{% endif %}` is left out where the provider is not known.]"
    )


def _text(draft: Draft) -> None:
    """Draw a template to be looked at."""
    st.markdown(f"**{CHANNELS[draft.channel]}, {KINDS[draft.kind].lower()}**")
    st.caption(KIND_MEANINGS[draft.kind])
    st.code(f"{draft.subject}\n\n{draft.body}" if draft.subject else draft.body, language=None, wrap_lines=True)


def _say(problem: str | None, *, is_said: bool) -> None:
    """Say what is wrong at the field above."""
    if problem and is_said:
        st.markdown(f":red[:material/error: {format.plain(problem)}]")


def _say_overtaken(open_: Open, kept: Kept) -> None:
    """Say that somebody else changed or removed the template since it was opened, and offer both ways on."""
    if open_.template is None:
        return
    now = kept.find(open_.template.template_id)
    if now is None:
        st.warning("Somebody removed this template after you opened it. What you typed is still here.")
        st.button("Keep mine as a new template", key="template_mine", on_click=_rebase, args=(open_, None))
    elif now.version != open_.template.version:
        st.warning(f"Changed by {format.plain(now.changed or '')}, after you opened it. What you typed is still here.")
        with st.expander("What it is now"):
            _text(now.draft)
        with st.container(horizontal=True):
            st.button("Go on with mine", key="template_mine", on_click=_rebase, args=(open_, now))
            args = (open_.practice, now.draft, now)
            st.button("Take theirs", key="template_theirs", on_click=template_drafts.open_, args=args)


def _rebase(open_: Open, now: templates.Template | None) -> None:
    """Let the next save go over what the template is now."""
    open_.template, open_.problem = now, None


def _put(open_: Open, body: str) -> None:
    st.session_state[open_.key("body")] = body


def _append(open_: Open, name: str) -> None:
    body = open_.typed().body
    space = "" if not body or body.endswith((" ", "\n")) else " "
    _put(open_, f"{body}{space}{{{{ {name} }}}}")


def _save(open_: Open) -> None:
    """Save the template in the button's callback; a refusal leaves it open with its text.

    A second click is refused by the name or the version that the first one made, and nobody sees it.
    """
    open_.is_tried, open_.problem = True, None
    draft = open_.typed()
    try:
        here = session.current()
        store, practice, was = here.store, open_.practice, open_.template
        if was:
            saved = templates.change(store, practice, was, draft, actor=here.actor, now=here.now)
        else:
            saved = templates.add(store, practice, draft, actor=here.actor, now=here.now)
    except SessionEnded:
        open_.problem = "Your session had ended, so nothing was saved. What you typed is still here: save it again."
    except CareManagerError as problem:
        open_.problem = str(problem)
    else:
        template_drafts.close(open_.practice)
        st.session_state["said"] = f"Saved the template {format.plain(saved.name)}."
