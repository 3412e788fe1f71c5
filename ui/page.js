// Documents open in a panel beside the chat; on a narrow screen the panels cover it.
const pages = 'a[href^="/document/"]';
let opener = null;

document.addEventListener("click", (event) => {
  const link = event.target.closest(pages);
  const button = event.target.closest("[data-panel], [data-act='open']");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openPassage(link);
  } else if (button) {
    closePanels();
    if (button.dataset.panel === "documents") openDocuments(button);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closePanels();
});

function openPassage(link) {
  opener = link;
  document.querySelector("#passage iframe").src = link.href;
  document.body.classList.remove("show-documents");
  document.body.classList.add("show-passage");
  document.querySelector("#passage .close").focus({ preventScroll: true });
}

function openDocuments(button) {
  opener = button;
  document.body.classList.add("show-documents");
  document.querySelector("#documents .close").focus({ preventScroll: true });
}

function closePanels() {
  document.body.classList.remove("show-passage", "show-documents");
  if (opener && opener.isConnected) opener.focus({ preventScroll: true });
  opener = null;
}

// Gradio names a message by its source, which would be read aloud; and the page's language is
// known only once its words have come.
new MutationObserver(() => {
  for (const message of document.querySelectorAll("#chat [data-testid][aria-label]")) {
    message.removeAttribute("aria-label");
  }
  const panel = document.querySelector("#passage aside");
  if (panel && document.documentElement.lang !== panel.lang) {
    document.documentElement.lang = panel.lang;
  }
}).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label", "lang"] });
