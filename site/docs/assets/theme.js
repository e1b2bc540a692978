/* Fairport's pages work without this file. It adds the colour-theme button, copy buttons and list filters.
   The choice of theme is kept in this browser only. */
(function () {
  "use strict";
  var root = document.documentElement;
  var themes = ["auto", "light", "dark"];
  var names = { auto: "as the system", light: "light", dark: "dark" };

  function stored() {
    try {
      var value = localStorage.getItem("fairport-theme");
      return themes.indexOf(value) < 0 ? "auto" : value;
    } catch (error) {
      return "auto";
    }
  }

  function apply(theme) {
    if (theme === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme);
  }

  function themeButton(button) {
    function show(theme) {
      button.setAttribute("aria-label", "Colours: " + names[theme]);
      button.title = "Colours: " + names[theme];
      button.setAttribute("data-choice", theme);
    }
    button.hidden = false;
    show(stored());
    button.addEventListener("click", function () {
      var next = themes[(themes.indexOf(button.getAttribute("data-choice")) + 1) % themes.length];
      try {
        localStorage.setItem("fairport-theme", next);
      } catch (error) {
        /* the choice then lasts as long as the page */
      }
      apply(next);
      show(next);
    });
  }

  function copy(text, source) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    var range = document.createRange();
    range.selectNodeContents(source);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    var done = document.execCommand("copy");
    return done ? Promise.resolve() : Promise.reject(new Error("not copied"));
  }

  function copyButton(block) {
    var code = block.querySelector("code") || block;
    var button = document.createElement("button");
    button.type = "button";
    button.className = "fp-copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy: " + (block.getAttribute("aria-label") || "this text"));
    button.addEventListener("click", function () {
      copy(code.textContent, code).then(
        function () { button.textContent = "Copied"; },
        function () { button.textContent = "Press Ctrl+C"; }
      );
      setTimeout(function () { button.textContent = "Copy"; }, 2000);
    });
    block.insertAdjacentElement("afterend", button);
  }

  function filter(input) {
    var target = document.getElementById(input.getAttribute("data-filter"));
    var status = document.getElementById(input.getAttribute("data-filter") + "-count");
    if (!target) return;
    var items = Array.prototype.slice.call(target.querySelectorAll("[data-text]"));
    var groups = Array.prototype.slice.call(target.querySelectorAll("details[data-group]"));
    var filtering = false;
    input.closest("[hidden]") && input.closest("[hidden]").removeAttribute("hidden");
    function update() {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      items.forEach(function (item) {
        var text = item.getAttribute("data-text");
        var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
        item.hidden = !fits;
        if (fits) shown += 1;
      });
      groups.forEach(function (group) {
        if (words.length && !filtering) group.setAttribute("data-group", group.open ? "open" : "");
        group.hidden = words.length > 0 && !group.querySelector("[data-text]:not([hidden])");
        if (words.length) group.open = true;
        else if (filtering) group.open = group.getAttribute("data-group") === "open";
      });
      filtering = words.length > 0;
      if (status) status.textContent = words.length ? shown + " of " + items.length : "";
    }
    input.addEventListener("input", update);
    update();
  }

  apply(stored());
  window.addEventListener("load", function () {
    /* Material wraps wide tables into boxes that scroll: the keyboard must reach them. */
    document.querySelectorAll(".md-typeset__scrollwrap").forEach(function (box) { box.tabIndex = 0; });
  });
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-theme-button]").forEach(themeButton);
    document.querySelectorAll("pre.fp-code, .highlight > pre").forEach(copyButton);
    document.querySelectorAll("input[data-filter]").forEach(filter);
  });
})();
