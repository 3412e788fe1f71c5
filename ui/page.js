// The panels: a passage opens beside the chat, the documents over it on a narrow screen.
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const link = target && target.closest("a[target=passage]");
  const action = target && target.closest("[data-panel]");
  if (link) openPassage(link);
  if (action) document.body.classList.toggle("show-documents", action.dataset.panel === "documents");
  if (action && action.dataset.panel === "none") closePassage();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closePassage();
});

let opener = null;

function openPassage(link) {
  opener = link;
  document.body.classList.add("show-passage");
  document.body.classList.remove("show-documents");
  document.querySelector("#passage .close").focus({ preventScroll: true });
}

function closePassage() {
  document.body.classList.remove("show-passage", "show-documents");
  if (opener && opener.isConnected) opener.focus({ preventScroll: true });
  opener = null;
}
