import type { Button } from '@slack/types';
import type { Card, CardAction } from '../../../domain/card.js';
import { cutText } from '../../../shared/cut-text.js';
import { actionId, type PressKind, writeRevised } from '../ids.js';
import { buttonText } from '../messages/buttons.js';
import { plainInk } from '../messages/ink.js';
import { systemOf, type Wording } from '../messages/wording.js';

const styles: Readonly<Partial<Record<CardAction, 'primary' | 'danger'>>> = {
  approve: 'primary',
  deny: 'danger',
};

/** Makes the buttons of a card: those that would do something, and the way to the portal. */
export function cardButtons({ approval, actions, link }: Card, wording: Wording): readonly Button[] {
  const system = systemOf(approval, { ...wording, ink: plainInk });
  const value = writeRevised({ id: approval.id, revision: approval.revision });
  const named = (kind: PressKind) => ({
    type: 'button' as const,
    action_id: actionId(kind),
    text: { type: 'plain_text' as const, text: cutText(buttonText(kind, system), 75), emoji: false },
  });
  const presses = actions.map((kind): Button => {
    const style = styles[kind];
    return { ...named(kind), value, ...(style ? { style } : {}) };
  });
  return isLink(link) ? [...presses, { ...named('open'), url: link }] : presses;
}

/** Tells whether Slack takes a link; for one it does not take it refuses the whole message. */
export function isLink(link: string | undefined): link is string {
  return link !== undefined && link.length <= 1000 && /^https?:\/\/[!-~]+$/i.test(link);
}
