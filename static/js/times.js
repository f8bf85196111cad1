// Times in the reader's own zone and language: the zone of their settings, else the browser's.
// The game's own zone is added where its clock differs.
const language = document.documentElement.lang;
const locale = navigator.languages.find((name) => name.split("-")[0] === language.split("-")[0]) ?? language;
const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ownZone = usable(document.body.dataset.timezone) || browserZone;

const styles = {
  full: { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit" },
  short: { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" },
  time: { hour: "numeric", minute: "2-digit" },
  month: { month: "short" },
  day: { day: "numeric" },
  weekday: { weekday: "short" },
};

function usable(zone) {
  try {
    return zone && Intl.DateTimeFormat("en", { timeZone: zone }) ? zone : "";
  } catch {
    return "";
  }
}

function format(moment, style, timeZone) {
  return new Intl.DateTimeFormat(locale, { ...styles[style], timeZone }).format(moment);
}

function showTime(element) {
  const moment = new Date(element.dateTime);
  const style = element.dataset.when;
  element.textContent = style === "day" ? String(dayOf(moment)) : format(moment, style, ownZone);
  element.title = `${format(moment, "full", ownZone)} (${ownZone.replaceAll("_", " ")})`;
  const zone = usable(element.dataset.zone);
  if (style !== "full" || !zone || format(moment, "full", zone) === format(moment, "full", ownZone)) {
    return;
  }
  const there = document.createElement("span");
  there.className = "there";
  const sameDay = format(moment, "short", zone).split(",")[0] === format(moment, "short", ownZone).split(",")[0];
  there.textContent = `${format(moment, sameDay ? "time" : "short", zone)} ${zone.split("/").at(-1).replaceAll("_", " ")}`;
  element.after(there);
}

function dayOf(moment) {
  const parts = new Intl.DateTimeFormat("en", { day: "numeric", timeZone: ownZone }).formatToParts(moment);
  return parts.find((part) => part.type === "day").value;
}

function showRelative(element) {
  const seconds = (new Date(element.dataset.relative) - Date.now()) / 1000;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length * 1.5) ?? units[2];
  element.textContent = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

function show(root) {
  root.querySelectorAll("time[data-when]").forEach(showTime);
  root.querySelectorAll("[data-relative]").forEach(showRelative);
}

show(document);
setInterval(() => document.querySelectorAll("[data-relative]").forEach(showRelative), 30_000);
document.addEventListener("live:swapped", () => show(document.getElementById("live")));
document.addEventListener("htmx:load", ({ detail }) => detail.elt !== document.body && show(detail.elt));
