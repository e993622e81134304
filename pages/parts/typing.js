// Sends what is typed into a template's text after a short rest, so that its preview follows, and puts a merge field
// where the cursor is. Without it both still work: on leaving the field, and at the end of the text.
(() => {
  if (window.careManagerTyping) return;
  window.careManagerTyping = true;
  const REST = 350;
  let timer;
  let last = null;

  const isText = (node) => node instanceof HTMLTextAreaElement && node.closest("[class*='st-key-template_body_']");

  // What Ctrl and Enter do in Streamlit's text areas, which have no `live` as its text inputs have.
  const send = (area) =>
    area.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }),
    );

  document.addEventListener("input", (event) => {
    if (!isText(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(send, REST, event.target);
  });

  document.addEventListener("focusin", (event) => {
    if (isText(event.target)) last = event.target;
  });

  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("[class*='st-key-template_field_'] button:not(:disabled)");
      if (!button || !last?.isConnected) return;
      event.stopPropagation();
      const name = button.closest("[class*='st-key-template_field_']").className.match(/template_field_(\w+)/)[1];
      last.focus();
      last.setRangeText(`{{ ${name} }}`, last.selectionStart, last.selectionEnd, "end");
      last.dispatchEvent(new Event("input", { bubbles: true }));
    },
    true,
  );
})();
