import type { Instance } from '../simulators/keyfactor/engine/model.js';
import { portalPat } from './scene/cast.js';

/** Writes the page of one run, with buttons as long as it waits. */
export function portalPage(instance: Instance, hasButtons: boolean): string {
  const { id, referenceId, title, initiator, status, statusMessage, stepName } = instance;
  const rows = [
    ['Workflow', `#${referenceId}`],
    ['Started by', initiator],
    ['Step', stepName],
    ['Status', status],
    ['Message', statusMessage ?? ''],
  ] as const;
  const facts = rows.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  const buttons = `<form method="post">
<button formaction="/runs/${id}/approve">Approve as ${escapeHtml(portalPat.name)}</button>
<button formaction="/runs/${id}/deny">Deny as ${escapeHtml(portalPat.name)}</button></form>
<p>What is decided here, Slack shows within a few seconds.</p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Command (simulated)</title>
<style>${style}</style><h1>Keyfactor Command <small>simulated portal</small></h1>
<h2>${escapeHtml(title)}</h2><dl>${facts}</dl>${hasButtons ? buttons : ''}</html>`;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#223}
h1{font-size:1.1rem}h1 small{font-weight:400;color:#667}h2{font-size:1.3rem}
dl{display:grid;grid-template-columns:8rem 1fr;gap:.3rem}dt{color:#667}dd{margin:0}
button{font:inherit;padding:.5rem 1rem;margin-right:.5rem}`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
