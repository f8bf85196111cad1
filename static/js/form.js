// What the forms of games can do with a script: the browser's time zone, the calendar that fills
// the text field, readings of a time to choose from. Without it everything still works.
const forms = "[data-form]";

function detectZone() {
  const input = document.querySelector("input[data-detects-zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!input || !zone) {
    return;
  }
  input.value = zone;
  document.querySelector("[data-clock]").textContent = zone.replaceAll("_", " ");
  const other = document.querySelector("[data-other-clock]");
  if (other) {
    other.hidden = other.dataset.otherClock === zone;
  }
}

function fill(input, text) {
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  const input = button && document.getElementById(button.dataset.pick);
  if (input) {
    event.preventDefault();
    fill(input, button.value);
    input.focus();
  }
});

document.addEventListener("change", (event) => {
  const from = event.target;
  if (!(from instanceof HTMLInputElement) || !from.closest(forms)) {
    return;
  }
  if (from.dataset.fills && from.value) {
    fill(document.getElementById(from.dataset.fills), from.value.replace("T", " "));
    from.value = "";
  } else if (from.type === "color") {
    document.getElementById("id_has_color").checked = true;
  } else if (from.type === "file") {
    const isLarge = [...from.files].some((file) => file.size > 5 * 1024 * 1024);
    from.setCustomValidity(isLarge ? document.getElementById("image-hint").textContent : "");
    from.reportValidity();
  }
});

// Enter in a field announces nothing: the preview beside it shows what was typed already.
document.addEventListener("keydown", (event) => {
  const from = event.target;
  const isField = from instanceof HTMLInputElement || from instanceof HTMLSelectElement;
  if (event.key === "Enter" && isField && from.form?.querySelector("[data-enter]")) {
    event.preventDefault();
    from.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// The preview is fetched as often as somebody types; a reading is read once it stands.
detectZone();
document.addEventListener("htmx:afterSettle", detectZone);
document.querySelector("#form-errors")?.focus();
