/** The provider's pages, which a payer sees: cards are typed here, and nowhere else. */

import { TEST_CARDS } from "./cards.ts";

/** Neither scripts nor anything from elsewhere: a page that takes cards has as little on it as it can. */
export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://127.0.0.1:* http://localhost:*; " +
    "frame-ancestors 'none'; base-uri 'none'",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

export interface PayPage {
  readonly action: string;
  /** Of this showing of the page; a form without it is refused. */
  readonly nonce: string;
  /** What was wrong with the last try. */
  readonly problem?: string;
  readonly cancelUrl: string | null;
  /** What the merchant says that it is for. */
  readonly purpose: string;
}

export function payPage({ action, nonce, problem, cancelUrl, purpose }: PayPage): string {
  const cards = TEST_CARDS.map(({ number, says }) => `<li><code>${grouped(number)}</code> ${says}</li>`).join("");
  return document(
    "Pay with a test card",
    `<p>${escaped(purpose)}</p>
${problem === undefined ? "" : `<p role="alert">${escaped(problem)}</p>`}
<form method="post" action="${escaped(action)}">
<input type="hidden" name="nonce" value="${escaped(nonce)}">
<label>Card number
<input name="number" inputmode="numeric" autocomplete="off" maxlength="23" required autofocus></label>
<label>Expires (MM/YY) <input name="expires" inputmode="numeric" autocomplete="off" maxlength="5" required></label>
<label>Security code <input name="code" inputmode="numeric" autocomplete="off" maxlength="4" required></label>
<button>Pay</button>
</form>
${cancelUrl === null ? "" : `<p><a href="${escaped(cancelUrl)}">Back to the shop</a></p>`}
<h2>Cards that work here</h2>
<ul>${cards}</ul>
<p>Any later month, any three digits. Nothing that is typed here leaves this machine, and no card number is kept.</p>`,
  );
}

export function confirmPage({ action, nonce }: { readonly action: string; readonly nonce: string }): string {
  return document(
    "Is this you?",
    `<p>Your bank asks you to confirm this payment (3-D Secure).</p>
<form method="post" action="${escaped(action)}">
<input type="hidden" name="nonce" value="${escaped(nonce)}">
<button name="answer" value="yes">Yes, pay</button> <button name="answer" value="no">No</button>
</form>`,
  );
}

export function wordsPage(title: string, words: string): string {
  return document(title, `<p>${escaped(words)}</p>`);
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 26rem; margin: 2rem auto; padding: 0 1rem; }
label, button { display: block; margin: 0.75rem 0; }
input { display: block; width: 100%; font: inherit; padding: 0.4rem; box-sizing: border-box; }
button { font: inherit; padding: 0.5rem 1.25rem; }
[role="alert"] { border-left: 4px solid #c43d1f; padding-left: 0.75rem; }
</style></head>
<body><h1>${escaped(title)}</h1>
${body}
</body></html>
`;
}

const grouped = (digits: string): string => digits.replace(/\d{4}(?=\d)/g, "$& ");

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
