// Elements, and requests to the sandbox. Text never becomes HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list" && name !== "form") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export async function ask(method, path, body) {
  const answer = await fetch(`/control${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error ?? answer.statusText);
  return data;
}

export const $ = (id) => document.getElementById(id);

export function avatar(id) {
  return el("img", { className: "avatar", src: `/cdn/avatars/${id}/0.png`, alt: "" });
}

export const safe = { target: "_blank", rel: "noopener noreferrer" };

// A number in a red badge.
export function badge(count, what) {
  if (!count) return null;
  const shown = count > 99 ? "99+" : String(count);
  return el("span", { className: "badge" }, shown, el("span", { className: "aside" }, ` ${what}`));
}

let fading = null;

// Show a sentence about the last act for some seconds; screen readers read it out.
export function say(sentence, seconds = 8) {
  $("said").textContent = sentence;
  clearTimeout(fading);
  fading = setTimeout(() => ($("said").textContent = ""), seconds * 1000);
}
