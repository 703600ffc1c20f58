// Says how lists are put in order. Text is only ever put in as text.
"use strict";

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(cells, name) {
  const made = element("tr");
  cells.forEach((cell, place) => {
    const box = element(place === 0 ? "th" : name, cell, place === 0 ? "" : "number");
    if (place === 0) box.scope = name === "th" ? "col" : "row";
    made.append(box);
  });
  return made;
}

function kind(of) {
  const section = element("section");
  section.append(element("h2", `${of.kind_words}列表`));
  if (!of.learned) {
    section.append(element("p", "尚未学习：按确定程度、金额和截止时间排序。", "hint"));
    return section;
  }
  const count = of.entries.toLocaleString("zh-CN");
  section.append(element("p", `从 ${count} 条展示记录中学习。`, "hint"));
  const table = element("table");
  const head = element("thead");
  head.append(row(["考虑的因素", "查看", "申请", "办成"], "th"));
  const body = element("tbody");
  for (const feature of of.features) {
    const weights = feature.weights.map((weight) => (weight > 0 ? "+" : "") + weight.toFixed(2));
    while (weights.length < 3) weights.push("—");
    body.append(row([feature.label, ...weights], "td"));
  }
  table.append(head, body);
  section.append(table);
  if (of.cohorts.length) {
    section.append(element("p", `相似人群按以下分组统计：${of.cohorts.join("；")}。`, "meta"));
  }
  return section;
}

async function fill() {
  const state = document.querySelector("#state");
  try {
    const answer = await fetch("/v1/ranking", { cache: "no-store" });
    const body = await answer.json();
    if (!answer.ok) throw new Error(`${body.title}：${body.detail}`);
    state.textContent = body.trained_on
      ? `排序模型训练于 ${body.trained_on}，依据 ${body.from} 起至 ${body.until} 前的展示与办理情况。`
      : "目前没有使用学习模型。";
    for (const words of body.principle) document.querySelector("#principle").append(element("li", words));
    for (const of of body.kinds) document.querySelector("#kinds").append(kind(of));
  } catch (error) {
    state.textContent = error.message;
    state.classList.add("wrong");
  }
}

fill();
