// No module: it also runs where the page was opened as a file, whose modules a browser does not load.

if (location.protocol === "file:") {
  const text = document.getElementById("text");
  text.textContent = "This page must be served";
  text.dataset.kind = "trouble";
  document.getElementById("words").textContent =
    "Opened as a file it cannot run: browsers load its reader from a server only. In its folder, start " +
    "python -m http.server, then open http://localhost:8000/.";
}
