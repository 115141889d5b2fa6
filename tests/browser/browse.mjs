// Opens one page of Airlock in a headless Chromium, as a reader would, and tells as JSON what it saw.
//   node browse.mjs MODULES PAGE OUT QUERY     QUERY: what to search for; OUT: where screenshots and the PDF go, with the name's
//                                              beginning
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, file, out, query] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const url = pathToFileURL(file).href;

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const seen = { messages: [], requests: [], axe: {}, search: {}, keyboard: {} };

async function opened(options) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, offline: false, ...options });
  const page = await context.newPage();
  page.on("console", (message) => seen.messages.push(message.text()));
  page.on("pageerror", (error) => seen.messages.push(String(error)));
  page.on("request", (request) => request.url() === url || request.url() === "data:," || seen.requests.push(request.url()));
  const begin = Date.now();
  await page.goto(url, { waitUntil: "load", timeout: 60000 });
  return { context, page, took: Date.now() - begin };
}

async function findings(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations", "passes"] }));
  const violations = result.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.length, first: v.nodes[0].html.slice(0, 300) }));
  return { rules: result.passes.length, violations };
}

for (const colorScheme of ["light", "dark"]) {
  const { context, page, took } = await opened({ colorScheme });
  seen.milliseconds = Math.max(seen.milliseconds || 0, took);
  seen.axe[colorScheme] = await findings(page);
  await page.screenshot({ path: `${out}-${colorScheme}.png` });
  await context.close();
}

{
  const { context, page } = await opened({});
  await page.keyboard.press("Tab");
  seen.keyboard.first = await page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press("Enter");
  seen.keyboard.then = await page.evaluate(() => location.hash);
  seen.width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (await page.locator("#words").count()) {
    const rows = () => page.evaluate(() => [...document.querySelectorAll("tr.datum")].filter((r) => r.checkVisibility()).map((r) => r.innerText));
    seen.search.before = (await rows()).length;
    await page.fill("#words", query);
    seen.search.after = await rows();
    seen.search.said = await page.innerText("#found");
    await page.screenshot({ path: `${out}-search.png` });
    await page.fill("#words", "");
    seen.search.again = (await rows()).length;
  }
  await page.pdf({ path: `${out}.pdf`, preferCSSPageSize: true, printBackground: true });
  await context.close();
}

{
  const { context, page } = await opened({ javaScriptEnabled: false, viewport: { width: 360, height: 800 } });
  seen.without_scripts = { box: await page.locator("#search").isVisible(), text: (await page.innerText("main")).length };
  await page.screenshot({ path: `${out}-phone.png` });
  await context.close();
}

// Last, since it makes the browser complain: whatever would run in the page, its policy lets it ask nobody.
const messages = seen.messages.length;
{
  const { context, page } = await opened({});
  seen.asked = await page.evaluate(() => fetch("http://127.0.0.1:9/").then(() => "answered", (error) => String(error)));
  seen.ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return window.ran === true;
  });
  seen.refusals = seen.messages.splice(messages);
  seen.requests = seen.requests.filter((asked) => asked !== "http://127.0.0.1:9/");
  await context.close();
}

await browser.close();
console.log(JSON.stringify(seen));
