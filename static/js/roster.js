// Reordering a roster: by drag, by the arrow keys on a handle, by the up and down buttons. What
// is seen moves at once; the server gets the whole order a moment later and has the last word.
const SEND_AFTER = 500;
const SETTLES_AFTER = 1000; // before this, another row has come under a pointer that presses twice
const EDGE = 90; // pixels from the window's edge in which a dragged row scrolls the page

let timer = 0;
let wanted = null; // an order not sent yet
let isSending = false;
let dragged = null;
let orderBefore = [];
let changedAt = -Infinity;
let scrolls = 0; // pixels a frame while a row is dragged at the edge

const list = () => document.getElementById("order");
const rows = () => [...document.querySelectorAll("#order [data-participant]")];
const order = () => rows().map((row) => row.dataset.participant);

function say(text) {
  document.getElementById("said").textContent = text;
}

function place(row) {
  const index = rows().indexOf(row);
  const seats = Number(list().dataset.playing);
  const waits = index >= seats;
  const text = (waits ? list().dataset.wait : list().dataset.seat).replace("{place}", waits ? index - seats + 1 : index + 1);
  return { waits, number: waits ? index - seats + 1 : index + 1, text };
}

// Numbers, and the line between those who play and those who wait.
function number() {
  for (const row of rows()) {
    const { waits, number: at, text } = place(row);
    row.classList.toggle("seat-waits", waits);
    row.querySelector(".number").textContent = at;
    row.querySelector("[data-place]").textContent = ` · ${text}`;
  }
}

function arrange(ids) {
  const focus = document.activeElement;
  const byId = new Map(rows().map((row) => [row.dataset.participant, row]));
  ids.forEach((id) => list().append(byId.get(id)));
  number();
  if (focus !== document.activeElement && list().contains(focus)) {
    focus.focus({ preventScroll: true });
  }
}

function move(row, to) {
  const ids = order();
  const from = ids.indexOf(row.dataset.participant);
  const target = Math.min(Math.max(to, 0), ids.length - 1);
  if (target !== from) {
    ids.splice(target, 0, ...ids.splice(from, 1));
    arrange(ids);
    want(ids, SEND_AFTER);
  }
  say(`${row.dataset.name}: ${place(row).text}`);
}

function want(ids, after) {
  wanted = ids;
  clearTimeout(timer);
  timer = setTimeout(send, after);
}

function send() {
  const form = document.getElementById("order-form");
  if (!wanted || isSending || !form) {
    return; // sent once the answer under way is here
  }
  form.elements.order.value = wanted.join(",");
  wanted = null;
  isSending = true;
  form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && dragged) {
    drop(false);
    return;
  }
  const row = event.target.closest?.(".grip")?.closest("[data-participant]");
  if (!row) {
    return;
  }
  const at = rows().indexOf(row);
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: Infinity }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    move(row, to);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (button) {
    event.preventDefault();
    const row = button.closest("[data-participant]");
    move(row, rows().indexOf(row) + Number(button.dataset.move));
  }
});

document.addEventListener("pointerdown", (event) => {
  const row = event.button === 0 && event.target.closest(".grip")?.closest("[data-participant]");
  if (row) {
    dragged = row;
    orderBefore = order();
    row.classList.add("seat-dragged");
  }
});

// A second press on the same spot would meet somebody else's button.
document.addEventListener(
  "click",
  (event) => {
    const isHasty = performance.now() - changedAt < SETTLES_AFTER;
    if (isHasty && event.detail > 0 && event.target.closest("[data-takes-off]")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);

function scroll() {
  if (dragged && scrolls) {
    window.scrollBy(0, scrolls);
    requestAnimationFrame(scroll);
  } else {
    scrolls = 0;
  }
}

// At the upper or lower edge the page goes on, faster the nearer the edge is.
function scrollAt(y) {
  const below = document.querySelector(".top")?.offsetHeight ?? 0;
  const up = Math.max(below + EDGE - y, 0);
  const down = Math.max(y - (window.innerHeight - EDGE), 0);
  const wasStill = !scrolls;
  scrolls = Math.round(Math.min(Math.max(down - up, -EDGE), EDGE) / 6);
  if (scrolls && wasStill) {
    requestAnimationFrame(scroll);
  }
}

// In the field for a name the arrow keys go through what was found, and back.
document.addEventListener("keydown", (event) => {
  const field = document.getElementById("add-name");
  const found = [...document.querySelectorAll("#found button")];
  const at = found.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const isInside = document.activeElement === field || at >= 0;
  if (isInside && event.key === "Escape" && at >= 0) {
    field.focus();
  } else if (isInside && step && found.length) {
    event.preventDefault();
    (at + step < 0 ? field : (found[Math.min(at + step, found.length - 1)] ?? field)).focus();
  }
});

// The others step aside; the dragged row itself stays in the document, or a touch would end.
document.addEventListener("pointermove", (event) => {
  if (!dragged) {
    return;
  }
  event.preventDefault();
  scrollAt(event.clientY);
  const middle = (row) => row.getBoundingClientRect().top + row.offsetHeight / 2;
  const previous = dragged.previousElementSibling;
  const next = dragged.nextElementSibling;
  if (previous && event.clientY < middle(previous)) {
    dragged.after(previous);
  } else if (next && event.clientY > middle(next)) {
    dragged.before(next);
  } else {
    return;
  }
  number();
});

function drop(isKept) {
  const row = dragged;
  dragged = null;
  row.classList.remove("seat-dragged");
  const ids = order();
  if (!isKept) {
    arrange(orderBefore);
  } else if (ids.join() !== orderBefore.join()) {
    want(ids, 0);
  }
  say(`${row.dataset.name}: ${place(row).text}`);
  document.dispatchEvent(new CustomEvent("live:refresh"));
}

document.addEventListener("pointerup", () => dragged && drop(true));
document.addEventListener("pointercancel", () => dragged && drop(false));

// While something is under way, what others did waits: our own answer brings it too.
document.addEventListener("live:before", (event) => {
  if (dragged || wanted || isSending) {
    event.preventDefault();
  }
});
document.addEventListener("live:swapped", number);
const isAbout = (event, what) => event.detail.requestConfig?.path.endsWith(`/${what}/`);

document.addEventListener("htmx:afterRequest", (event) => {
  if (!isAbout(event, "order")) {
    return;
  }
  isSending = false;
  if (!event.detail.successful && event.detail.xhr.status !== 422) {
    document.dispatchEvent(new CustomEvent("live:refresh")); // not saved: show what is
  }
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "live") {
    return;
  }
  changedAt = performance.now();
  if (dragged) {
    // The hand is still on somebody: go on with their new row.
    dragged = rows().find((row) => row.dataset.participant === dragged.dataset.participant) ?? null;
    dragged?.classList.add("seat-dragged");
    orderBefore = order();
  }
  number();
  if (wanted && [...wanted].sort().join() === order().sort().join()) {
    arrange(wanted);
    want(wanted, SEND_AFTER);
  } else {
    wanted = null;
  }
  if (document.activeElement === document.body) {
    const next = isAbout(event, "add") ? "add-name" : "order-title";
    document.getElementById(next)?.focus({ preventScroll: true });
  }
});

number();
