import type { Button, Overflow, PlainTextOption } from '@slack/types';
import type { Alert, AlertAction, RecoveryAction } from '../../../../domain/alerts/alert.js';
import { type AlertActionKind, alertActionId, muteSpans, writeMute } from '../../alert-ids.js';
import { alertText, muteText, wayText } from '../../messages/alerts/alert-words.js';
import { buttonText } from '../../messages/buttons.js';
import { plainFormatter } from '../../messages/ink.js';
import type { RenderContext } from '../../messages/wording.js';
import { isLink } from '../card-buttons.js';

/** Makes what can be pressed on an alert; what changes runs leads to a confirmation first. */
export function alertButtons(
  { incident, actions }: Alert,
  labelOf: RenderContext['labelOf'],
): readonly (Button | Overflow)[] {
  const { id, failed, samples, system } = incident;
  const isClickable = id.length > 0 && id.length <= 2000;
  const clickable = isClickable ? inOrder(actions) : [];
  const offered = clickable.flatMap((action): readonly (Button | Overflow)[] => {
    if (action === 'mute') return muteMenu(id);
    return [{ ...alertButton(action, textOf(action, failed)), value: id }];
  });
  const link = samples[0]?.link;
  if (!isLink(link)) return offered;
  return [
    ...offered,
    { ...alertButton('open', buttonText('open', plainFormatter.text(labelOf(system), 60))), url: link },
  ];
}

/** Makes a button of an alert. */
export function alertButton(
  kind: AlertActionKind,
  text: string,
): Pick<Button, 'type' | 'action_id' | 'text'> {
  return {
    type: 'button',
    action_id: alertActionId(kind),
    text: { type: 'plain_text', text: plainFormatter.text(text, 75), emoji: false },
  };
}

const order: readonly AlertAction[] = ['take', 'restart', 'resume', 'abort', 'details', 'unmute', 'mute'];

function inOrder(actions: readonly AlertAction[]): readonly AlertAction[] {
  return order.filter((action) => actions.includes(action));
}

function textOf(action: Exclude<AlertAction, 'mute'>, failed: number): string {
  return isRecoveryAction(action) ? `${wayText(action, failed)}…` : alertText[action];
}

function isRecoveryAction(action: AlertAction): action is RecoveryAction {
  return action === 'restart' || action === 'resume' || action === 'abort';
}

/** A menu that keeps no choice: one that was refused must not go on showing what did not happen. */
function muteMenu(incidentId: string): readonly Overflow[] {
  const options = muteSpans.flatMap((span): readonly PlainTextOption[] => {
    const value = writeMute({ span, incidentId });
    if (value === undefined) return [];
    return [{ text: { type: 'plain_text', text: muteText[span], emoji: false }, value }];
  });
  if (options.length === 0) return [];
  return [{ type: 'overflow', action_id: alertActionId('mute'), options: [...options] }];
}
