/** What the page of one run shows; everything but the buttons' addresses is only text. */
export interface RunPage {
  /** What the page is a stand-in for. */
  readonly product: string;
  readonly place: string;
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly buttons: readonly { readonly text: string; readonly address: string }[];
}

/** Writes the page of one run, with buttons as long as it waits. */
export function runPage({ product, place, title, facts, buttons }: RunPage): string {
  const list = facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  const form = buttons.map(
    ({ text, address }) => `<button formaction="${escapeHtml(address)}">${escapeHtml(text)}</button>`,
  );
  const decide =
    form.length === 0
      ? ''
      : `<form method="post">${form.join('\n')}</form>
<p>What is decided here, Slack shows within a few seconds.</p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(product)} (simulated)</title>
<style>${style}</style><h1>${escapeHtml(product)} <small>${escapeHtml(place)}</small></h1>
<h2>${escapeHtml(title)}</h2><dl>${list.join('')}</dl>${decide}</html>`;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#223}
h1{font-size:1.1rem}h1 small{font-weight:400;color:#667}h2{font-size:1.3rem}
dl{display:grid;grid-template-columns:8rem 1fr;gap:.3rem}dt{color:#667}dd{margin:0}
button{font:inherit;padding:.5rem 1rem;margin-right:.5rem}`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
