// Icons, drawn with lines and as wide as a letter.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Zm0 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-4 7.5",
  thread: "M7 4v8a4 4 0 0 0 4 4h8m-4-4 4 4-4 4",
  voice: "M4 9v6h4l5 4V5L8 9Zm13 0a4 4 0 0 1 0 6m2-9a8 8 0 0 1 0 12",
  news: "M4 9v5h3l9 5V4L7 9Zm14 1v4",
  people: "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 9c0-4 3-6 7-6s7 2 7 6m0-17a4 4 0 0 1 0 8m2 3c2.5.7 4 2.6 4 6",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4v5l4 2",
  pulse: "M3 12h4l3-8 4 16 3-8h4",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M5 5l14 14M19 5 5 19",
  messages: "M4 5h16v11H9l-5 4Z",
  flag: "M6 21V4h12l-2 4 2 4H6",
};

export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", PATHS[name]);
  picture.append(line);
  return picture;
}
