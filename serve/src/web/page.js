// Fills the page from the service it came from. Text is only ever put in as
// text, and neither the token nor the key is stored or put into an address
// that could be kept.
"use strict";

const one = (selector) => document.querySelector(selector);

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function say(where, text, wrong) {
  const place = one(where);
  place.textContent = text;
  place.classList.toggle("wrong", Boolean(wrong));
}

async function ask(path, token) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(path, { headers, cache: "no-store" });
  const body = await answer.json();
  if (body.status === "damaged") throw new Error("数据快照已损坏：服务日志写明是哪个文件、如何处理");
  if (!answer.ok) throw new Error(`${body.title}：${body.detail}`);
  return body;
}

function policy(entry) {
  const box = element("article");
  const head = element("h3", entry.title);
  if (entry.verdict) head.append(element("span", entry.verdict_words, `mark ${entry.verdict}`));
  if (entry.amount && entry.amount.text) head.append(element("span", entry.amount.text, "sum"));
  box.append(head);
  const facts = [entry.document, entry.region_name, entry.contact];
  if (entry.window && entry.window.until) facts.push(`申报截止 ${entry.window.until}`);
  if (entry.window && entry.window.from) facts.push(`${entry.window.from} 起申报`);
  if (entry.choose_one && entry.choose_one.length) facts.push(`与 ${entry.choose_one.join("、")} 只能择一`);
  if (entry.demonstration) facts.push("示例文本，非官方原文");
  box.append(element("p", facts.filter(Boolean).join(" · "), "meta"));
  box.append(element("p", entry.benefit, "meta"));
  const lines = [...(entry.why || [])];
  for (const missing of entry.missing || []) {
    const owners = missing.departments.length ? `（${missing.departments.join("、")}）` : "";
    lines.push(`还需要：${missing.label}${owners}`);
  }
  if (lines.length) box.append(list(lines));
  return box;
}

function against(entry) {
  const box = element("article");
  const head = element("h3", entry.title);
  head.append(element("span", entry.verdict_words, "mark against"));
  box.append(head);
  box.append(list(entry.failing.map((words) => `按现有数据未满足：${words}`)));
  return box;
}

function list(lines) {
  const made = element("ul", "", "why");
  made.append(...lines.map((line) => element("li", line)));
  return made;
}

async function counts() {
  const health = await ask("/v1/health");
  for (const place of document.querySelectorAll("[data-of]")) {
    const value = health[place.dataset.of];
    place.textContent = typeof value === "number" ? value.toLocaleString("zh-CN") : value;
  }
}

async function find(form) {
  const include = ["unknown", "ineligible"].filter((name) => form[name].checked).join(",");
  const query = new URLSearchParams({ k: "50" });
  if (include) query.set("include", include);
  if (form.general.checked) query.set("mode", "general");
  const key = form.key.value.trim().toLowerCase();
  const body = await ask(`/v1/subjects/${key}/recommendations?${query}`, form.token.value.trim());
  const against_ = body.not_matching || [];
  one("#results").replaceChildren(...body.recommendations.map(policy), ...against_.map(against));
  const listed = `判断日 ${body.as_of}，列出 ${body.recommendations.length} 项。`;
  const counted = body.counts
    ? `符合 ${body.counts.eligible} 项，可能符合（待人工认定）${body.counts.likely} 项（其中 ${body.counts.suppressed} 项已享受或已过期，不再列出），信息不足 ${body.counts.unknown} 项。`
    : "";
  say("#said", listed + counted + body.notice);
}

async function search(form) {
  const query = new URLSearchParams({ limit: "20" });
  for (const name of ["q", "kind"]) if (form[name].value) query.set(name, form[name].value);
  const body = await ask(`/v1/policies?${query}`);
  one("#policies").replaceChildren(...body.policies.map((entry) => {
    const line = element("li");
    line.append(...policy(entry).childNodes);
    return line;
  }));
  say("#found", `共 ${body.total} 项${body.total > body.policies.length ? `，列出前 ${body.policies.length} 项` : ""}。`);
}

function on(selector, status, work) {
  const form = one(selector);
  const run = async () => {
    say(status, "查询中…");
    try {
      await work(form);
    } catch (error) {
      say(status, error.message, true);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  return run;
}

on("#find", "#said", find);
on("#search", "#found", search)();
counts().catch((error) => say("#said", error.message, true));
