// What forms of settings can do with a script: the browser's time zone, copying, fields that
// only some choices need. Without it everything still works.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const detected = document.querySelector("[data-detected]");

if (detected && zone) {
  const button = detected.querySelector("[data-use-zone]");
  const input = document.getElementById(button.dataset.useZone);
  const text = button.querySelector("[data-text]");
  text.textContent = text.dataset.text.replace("%s", zone.replaceAll("_", " "));
  const show = () => {
    detected.hidden = input.value === zone;
  };
  button.addEventListener("click", () => {
    input.value = zone;
    input.focus();
    show();
  });
  input.addEventListener("input", show);
  show();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const input = document.getElementById(button.dataset.copy);
  input.addEventListener("focus", () => input.select());
  if (navigator.clipboard) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(input.value);
      button.textContent = button.dataset.done;
    });
  }
}

for (const part of document.querySelectorAll("[data-shown-with]")) {
  const [name, value] = part.dataset.shownWith.split("=");
  const show = () => {
    part.hidden = document.querySelector(`input[name="${name}"]:checked`)?.value !== value;
  };
  document.addEventListener("change", show);
  show();
}

// Where something was refused, or made, the reader goes there.
(document.querySelector("[aria-invalid='true']") ?? document.querySelector("[data-focus]"))?.focus();
