// Keeps #live in step with the server. The socket says only that something changed; what it is
// now is fetched with the reader's own rights. After a lost connection the newest state is
// fetched, so nothing is missed.
const REFUSED = new Set([4401, 4403, 4404]);
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

let attempts = 0;
let retry = 0; // the timer, while disconnected
let isFetching = false;
let isDirty = false;

const live = () => document.getElementById("live");

function sign(state) {
  const element = document.querySelector("[data-live-sign]");
  if (element) {
    element.hidden = false;
    element.dataset.state = state;
    const text = element.querySelector("[data-on]");
    text.textContent = text.dataset[state];
  }
}

function connect() {
  clearTimeout(retry);
  retry = 0;
  const url = new URL(live().dataset.liveSocket, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  socket.addEventListener("open", () => {
    attempts = 0;
    sign("on");
    refresh();
  });
  socket.addEventListener("message", (event) => {
    const { game, revision } = JSON.parse(event.data);
    if (!knows(game, revision)) {
      refresh();
    }
  });
  socket.addEventListener("close", (event) => {
    if (REFUSED.has(event.code)) {
      sign("gone");
      return;
    }
    sign("off");
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempts++);
    retry = setTimeout(connect, wait * (0.5 + Math.random()));
  });
}

function knows(game, revision) {
  const shown = live().dataset.liveGame
    ? live().dataset.revision
    : live().querySelector(`[data-game="${game}"]`)?.dataset.revision;
  return shown !== undefined && Number(shown) >= revision;
}

// One fetch at a time, and one more when something changed meanwhile.
async function refresh() {
  isDirty = true;
  if (isFetching) {
    return;
  }
  isFetching = true;
  try {
    while (isDirty) {
      isDirty = false;
      await fetchOnce();
    }
  } finally {
    isFetching = false;
  }
}

async function fetchOnce() {
  const response = await fetch(live().dataset.liveUrl, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response) {
    return; // offline: the next connection fetches again
  }
  const elsewhere = response.headers.get("HX-Redirect");
  if (elsewhere || response.status === 404) {
    location.assign(elsewhere ?? location.href);
    return;
  }
  if (response.ok) {
    swap(await response.text());
  }
}

function swap(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("live");
  const old = live();
  if (!fresh || Number(fresh.dataset.revision) <= Number(old.dataset.revision)) {
    return;
  }
  if (underWay) {
    isLate = true; // htmx has the old #live in hand and brings a newer one itself
    return;
  }
  // Somebody may be in the middle of something that this would undo (roster.js).
  if (!document.dispatchEvent(new CustomEvent("live:before", { cancelable: true }))) {
    return;
  }
  const kept = keep(old);
  const node = document.adoptNode(fresh);
  old.replaceWith(node);
  kept.restore(node);
  globalThis.htmx?.process(node);
  document.dispatchEvent(new CustomEvent("live:swapped"));
}

// What the reader is in the middle of: focus, a chosen slot, what they opened, a refusal.
function keep(root) {
  const focus = root.contains(document.activeElement) ? document.activeElement.id : "";
  const chosen = [...root.querySelectorAll("input:checked")].map((input) => input.id);
  const open = [...root.querySelectorAll("details[open]")].map((details) => details.id);
  return {
    restore(node) {
      const find = (id) => (id ? node.querySelector(`#${CSS.escape(id)}`) : null);
      chosen.map(find).forEach((input) => input && (input.checked = true));
      open.map(find).forEach((details) => details && (details.open = true));
      find(focus)?.focus({ preventScroll: true });
    },
  };
}

// Requests by htmx that will replace #live.
let underWay = 0;
let isLate = false;
document.addEventListener("htmx:beforeSend", (event) => {
  underWay += Number(event.detail.target?.id === "live");
});
document.addEventListener("htmx:afterRequest", (event) => {
  underWay = Math.max(underWay - Number(event.detail.target?.id === "live"), 0);
  if (!underWay && isLate) {
    isLate = false;
    refresh();
  }
});

// A sign-up by htmx replaces #live as well: keep what was opened there too.
let openBefore = [];
document.addEventListener("htmx:beforeSwap", () => {
  openBefore = [...live().querySelectorAll("details[open]")].map((details) => details.id);
});
document.addEventListener("htmx:afterSwap", () => {
  openBefore.forEach((id) => {
    const details = document.getElementById(id);
    if (details) {
      details.open = true;
    }
  });
});

// Somebody is looking again, or the network is back: do not sit out the wait.
function hurry() {
  if (retry && document.visibilityState === "visible") {
    connect();
  }
}

if (live()) {
  connect();
  document.addEventListener("visibilitychange", hurry);
  addEventListener("online", hurry);
  document.addEventListener("live:refresh", refresh);
}
