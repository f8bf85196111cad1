// The month by keyboard: arrow keys move between days that have games, Page Up and Page Down
// between months. The browser's time zone is kept where the server can read it, since days are
// counted there.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const live = () => document.getElementById("live");

document.addEventListener("keydown", (event) => {
  const table = event.target.closest?.("#month");
  if (!table || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  if (event.key === "PageUp" || event.key === "PageDown") {
    event.preventDefault();
    document.getElementById(event.key === "PageUp" ? "month-before" : "month-after")?.click();
    return;
  }
  const cell = event.target.closest("td");
  if (!cell || !(event.key in steps)) {
    return;
  }
  event.preventDefault();
  const cells = [...table.querySelectorAll("td")];
  const rtl = getComputedStyle(table).direction === "rtl" && Math.abs(steps[event.key]) === 1;
  const step = rtl ? -steps[event.key] : steps[event.key];
  for (let at = cells.indexOf(cell) + step; at >= 0 && at < cells.length; at += step) {
    const link = cells[at].querySelector("[data-day]");
    if (link) {
      link.focus();
      return;
    }
  }
});

// After a change of month by keyboard the focus stays in the table.
let wasInTable = false;
document.addEventListener("htmx:beforeSwap", () => {
  wasInTable = Boolean(document.activeElement?.closest("#month"));
});
document.addEventListener("htmx:afterSwap", () => {
  if (wasInTable) {
    document.querySelector("#month [data-day]")?.focus();
    document.activeElement === document.body && document.getElementById("month-name")?.focus();
  }
  keepFormInStep();
});

// Leaving a day, or going back in history, changes what the form above stands for.
function keepFormInStep() {
  const query = new URL(live().dataset.liveUrl, location.href).searchParams;
  const form = document.getElementById("filters");
  for (const name of ["q", "state", "channel", "category"]) {
    const field = form.elements[name];
    if (field && field !== document.activeElement) {
      field.value = query.get(name) ?? "";
    }
  }
  form.elements.free.checked = query.get("free") === "1";
}

const kept = document.cookie.split("; ").find((one) => one.startsWith("zone="));
if (kept !== `zone=${encodeURIComponent(zone)}`) {
  document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  if (!document.body.dataset.timezone && live().dataset.zone !== zone) {
    document.dispatchEvent(new CustomEvent("live:refresh"));
  }
}
