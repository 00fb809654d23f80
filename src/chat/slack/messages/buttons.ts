import type { CardActionKind } from '../ids.js';

/** Says what a button does. */
export function buttonText(kind: CardActionKind, system: string): string {
  const texts: Readonly<Record<CardActionKind, string>> = {
    approve: 'Approve',
    deny: 'Deny',
    withdraw: 'Withdraw my approval',
    'take-back': 'Take back',
    details: 'Details',
    open: `Open in ${system}`,
  };
  return texts[kind];
}

/** Stands on the button that takes back a choice among a workflow's own outputs. */
export const withdrawChoice = 'Withdraw my choice';
