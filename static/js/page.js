// What every page needs: the theme (light, dark, or as the system says; remembered in this
// browser), menus that close, pictures that fail. Loaded before the page is painted, hence a
// plain script.
(() => {
  const order = ["auto", "light", "dark"];
  const root = document.documentElement;

  function read() {
    try {
      const kept = localStorage.getItem("theme");
      return order.includes(kept) ? kept : "auto";
    } catch {
      return "auto";
    }
  }

  function apply(theme) {
    if (theme === "auto") {
      delete root.dataset.theme;
    } else {
      root.dataset.theme = theme;
    }
    for (const label of document.querySelectorAll("[data-theme-label]")) {
      label.textContent = label.dataset[theme];
    }
  }

  apply(read());
  document.addEventListener("DOMContentLoaded", () => apply(read()));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) {
      return;
    }
    const next = order[(order.indexOf(read()) + 1) % order.length];
    try {
      localStorage.setItem("theme", next);
    } catch {
      // Without storage the choice lasts for this page.
    }
    apply(next);
  });
  // A picture that does not load makes way for the initials under it.
  document.addEventListener(
    "error",
    (event) => {
      if (event.target instanceof HTMLImageElement && event.target.closest(".avatar, .guild-icon")) {
        event.target.remove();
      }
    },
    true,
  );
  // Menus close when one clicks elsewhere or presses Escape.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // A page of ours for when there is no connection; where it is not allowed, the browser's own.
  addEventListener("load", () => navigator.serviceWorker?.register("/offline-worker.js").catch(() => {}));
})();
