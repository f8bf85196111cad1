// Embeds and files of a message.

import { el, safe } from "./dom.js";
import { inline, markdown, timeNode } from "./markdown.js";
import { hex } from "./world.js";

export function attachment(file) {
  const link = { href: file.url, ...safe };
  if (file.content_type?.startsWith("image/")) {
    return el("a", link, el("img", { className: "picture", src: file.url, alt: file.description ?? file.filename }));
  }
  return el("p", {}, el("a", link, file.filename));
}

export function embed(data) {
  const box = el("article", { className: data.thumbnail ? "embed with-thumb" : "embed" });
  if (data.color) box.style.borderLeftColor = hex(data.color);
  const title = data.title ? inline(data.title) : null;
  box.append(
    ...[
      data.author ? by(data.author) : null,
      title ? el("h2", {}, data.url ? el("a", { href: data.url, ...safe }, title) : title) : null,
      data.thumbnail ? el("img", { className: "thumb", src: data.thumbnail.url, alt: "" }) : null,
      data.description ? markdown(data.description) : null,
      data.fields?.length ? el("dl", {}, data.fields.map(field)) : null,
      data.image ? el("img", { className: "picture", src: data.image.url, alt: "" }) : null,
      footer(data),
    ].filter(Boolean),
  );
  return box;
}

function by(author) {
  const picture = author.icon_url ? el("img", { className: "by", src: author.icon_url, alt: "" }) : null;
  const name = author.url ? el("a", { href: author.url, ...safe }, author.name) : author.name;
  return el("p", { className: "embed-author" }, picture, name);
}

function field(data) {
  return el(
    "div",
    { className: data.inline ? "field inline" : "field" },
    el("dt", {}, inline(data.name)),
    el("dd", {}, markdown(data.value)),
  );
}

function footer(data) {
  if (!data.footer && !data.timestamp) return null;
  return el(
    "p",
    { className: "embed-footer hint" },
    data.footer?.text ?? "",
    data.footer && data.timestamp ? " · " : "",
    data.timestamp ? timeNode(Date.parse(data.timestamp) / 1000, "f") : "",
  );
}
