// Words that a review should not use, shown while somebody types. Without scripts the same is said once the form is
// checked. Every word that was typed goes into the page as text, never as markup.
const WAIT = 1_200;
const LONGEST = 20_000;

/** An element with a text. */
function made(name, text, classes) {
  const element = document.createElement(name);
  element.textContent = text;
  element.className = classes;
  return element;
}

/** One marked passage: what it is, why, and a button that selects it in the text. */
function line(mark, box) {
  const item = made("li", "", "");
  item.append(made("strong", mark.kind.replaceAll("-", " "), ""), `: “${mark.passage}”. ${mark.why} `);
  const button = made("button", "Show it", "desk-mark-show");
  button.type = "button";
  button.append(made("span", ` in the text: ${mark.around}`, "govuk-visually-hidden"));
  button.addEventListener("click", () => {
    const at = box.value.slice(mark.start, mark.end) === mark.passage ? mark.start : box.value.indexOf(mark.passage);
    box.focus();
    if (at >= 0) box.setSelectionRange(at, at + mark.passage.length);
  });
  item.append(button);
  return item;
}

/** Say what is marked; nothing where nothing was and is. */
function show(region, marks, box) {
  const said = JSON.stringify(marks.map((mark) => [mark.kind, mark.passage]));
  if (said === (region.dataset.said ?? "[]")) return;
  region.dataset.said = said;
  if (!marks.length) {
    region.replaceChildren(made("p", "Nothing is marked any more.", "govuk-body"));
    return;
  }
  const count = marks.length === 1 ? "1 passage is marked" : `${marks.length} passages are marked`;
  const list = made("ul", "", "govuk-list govuk-list--bullet");
  list.append(...marks.map((mark) => line(mark, box)));
  region.replaceChildren(made("p", `${count}: rephrase it, or say why it stays.`, "govuk-body"), list);
}

/** Watch one box; the latest text counts, and an answer to an earlier one is thrown away. */
function watch(box, url) {
  const token = box.form?.elements.namedItem("form_token")?.value;
  if (!token) return;
  const region = made("div", "", "desk-marks");
  region.setAttribute("aria-live", "polite");
  region.setAttribute("role", "status");
  box.after(region);
  let timer;
  let running;
  let last = "";
  const look = async () => {
    const text = box.value;
    if (text === last || text.length > LONGEST) return;
    last = text;
    running?.abort();
    const mine = (running = new AbortController());
    const body = new URLSearchParams({ form_token: token, text });
    try {
      const answer = await fetch(url, { method: "POST", body, redirect: "manual", signal: mine.signal });
      if (answer.ok) show(region, (await answer.json()).marks, box);
    } catch {
      if (!mine.signal.aborted) last = ""; // not reached: the next pause asks again
    }
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  if (box.value.trim()) look();
}

for (const box of document.querySelectorAll("textarea[data-text-check], form[data-text-check] textarea")) {
  watch(box, box.dataset.textCheck ?? box.form.dataset.textCheck);
}
