/* Apply the chosen theme before the page is drawn. Without script the system's theme is used. */
(function () {
  "use strict";
  var chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch (error) { chosen = null; }
  if (chosen === "light" || chosen === "dark") { document.documentElement.dataset.theme = chosen; }
})();
