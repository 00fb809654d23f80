import type { Button } from '@slack/types';
import type { Card, CardAction } from '../../../domain/card.js';
import { actionId, type CardActionName, writeRevised } from '../ids.js';
import { buttonText, withdrawChoice } from '../messages/buttons.js';
import { plainFormatter } from '../messages/ink.js';
import { type RenderContext, systemOf } from '../messages/wording.js';

type Style = 'primary' | 'danger';

const styles: Readonly<Partial<Record<CardAction, Style>>> = { approve: 'primary', deny: 'danger' };

/** Makes the buttons of a card: those that would do something, and the way to the portal. */
export function cardButtons(card: Card, renderContext: RenderContext): readonly Button[] {
  const { approval, link } = card;
  const value = writeRevised({ id: approval.id, revision: approval.revision });
  const named = (action: CardActionName, text: string) => ({
    type: 'button' as const,
    action_id: actionId(action.kind, action.output),
    text: { type: 'plain_text' as const, text: plainFormatter.text(text, 75), emoji: false },
  });
  const actions = cardButtonActions(card, renderContext).map(({ style, text, ...action }): Button => {
    return { ...named(action, text), value, ...(style ? { style } : {}) };
  });
  const open = { kind: 'open' } as const;
  return isLink(link)
    ? [...actions, { ...named(open, textOf(open, card, renderContext)), url: link }]
    : actions;
}

/** Lists what can be pressed on a card besides the way to the portal, with what the button says. */
export function cardButtonActions(
  card: Card,
  renderContext: RenderContext,
): readonly (StyledAction & { readonly text: string })[] {
  return styledActionsOf(card).map((action) => ({ ...action, text: textOf(action, card, renderContext) }));
}

function textOf({ kind, output }: CardActionName, { approval }: Card, renderContext: RenderContext): string {
  const { told: inbound } = approval;
  const system = systemOf(approval, { ...renderContext, formatter: plainFormatter });
  const chosen = output === undefined ? undefined : inbound?.outputs[output]?.name;
  if (kind === 'withdraw' && inbound) return withdrawChoice;
  return chosen ?? buttonText(kind, system);
}

interface StyledAction extends CardActionName {
  readonly style?: Style | undefined;
}

/** Where a workflow offered outputs of its own, they stand in for the two answers, in its order. */
function styledActionsOf({ approval: { told: inbound }, actions }: Card): readonly StyledAction[] {
  if (!inbound) return actions.map((kind) => ({ kind, style: styles[kind] }));
  const firstYes = inbound.outputs.findIndex(({ verdict }) => verdict === 'approve');
  const decisions = inbound.outputs.map(({ verdict }, output) => {
    const isFurtherYes = verdict === 'approve' && output !== firstYes;
    return { kind: verdict, output, style: isFurtherYes ? undefined : styles[verdict] };
  });
  const others = actions.filter((kind) => kind !== 'approve' && kind !== 'deny');
  return [...decisions.filter(({ kind }) => actions.includes(kind)), ...others.map((kind) => ({ kind }))];
}

/** Tells whether Slack takes a link; for one it does not take it refuses the whole message. */
export function isLink(link: string | undefined): link is string {
  return link !== undefined && link.length <= 1000 && /^https?:\/\/[!-~]+$/i.test(link);
}
