import type { Button, KnownBlock, ModalView, Overflow, PlainTextOption, SectionBlock } from '@slack/types';
import type { Alert, AlertAction, FollowUpContent, RecoveryAction } from '../../domain/alert.js';
import type { Sample } from '../../domain/incident.js';
import {
  buttonText,
  type Formatter,
  fallbackFormatter,
  mrkdwnFormatter,
  plainFormatter,
  type RenderContext,
  tighter,
} from '../format.js';
import { type ActionKind, actionId, muteSpans, writeMute } from '../ids.js';
import {
  alertGroups,
  alertHeadline,
  alertText as alertTextOf,
  followUpLines,
  muteText,
  type RecoveryProposal,
  reasonLines,
  recoveryLines,
  sampleGroup,
  shortBatchLines,
  wayText,
} from '../text/alert.js';
import { actions, blocksLength, fitLines, header, plainSection, section, sections } from './blocks.js';
import { isLink, type Rendered } from './card.js';

/** Slack has an unwritten limit near 13 200 characters for all blocks together; this keeps well below. */
const maxBlocksLength = 10_000;

/** `chat.update` refuses texts from 4 000 characters on. */
const maxTextLength = 3_900;

/** Shows an alert as a message: what fails with all that can be done, afterwards calmly how it ended. */
export function alertMessage(alert: Alert, labelOf: RenderContext['labelOf']): Rendered {
  const text = alertText(alert, { formatter: fallbackFormatter, labelOf }, maxTextLength);
  for (const formatter of [mrkdwnFormatter, tighter(mrkdwnFormatter, 0.5), tighter(mrkdwnFormatter, 0.2)]) {
    const blocks = alertBlocks(alert, formatter, labelOf);
    if (blocksLength(blocks) < maxBlocksLength) return { text, blocks };
  }
  return plainAlert(alert, labelOf);
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real alert. */
export function plainAlert(alert: Alert, labelOf: RenderContext['labelOf']): Rendered {
  return {
    text: alertText(alert, { formatter: fallbackFormatter, labelOf }, 1_000),
    blocks: [
      plainSection(alertText(alert, { formatter: plainFormatter, labelOf }, 2_000)),
      ...buttons(alert, labelOf),
    ],
  };
}

function alertText(alert: Alert, renderContext: RenderContext, maxLength: number): string {
  return fitLines(
    [alertHeadline(alert, renderContext), ...alertGroups(alert, renderContext).flat()],
    maxLength,
  );
}

function alertBlocks(
  alert: Alert,
  formatter: Formatter,
  labelOf: RenderContext['labelOf'],
): readonly KnownBlock[] {
  return [
    header(alertHeadline(alert, { formatter: plainFormatter, labelOf })),
    ...alertGroups(alert, { formatter, labelOf }).map((lines) => section(lines)),
    ...buttons(alert, labelOf),
  ];
}

/** Buttons belong to one version of the alert. */
function buttons(alert: Alert, labelOf: RenderContext['labelOf']): readonly KnownBlock[] {
  const elements = alertButtons(alert, labelOf);
  return elements.length === 0 ? [] : [actions(`alert.${alert.incident.version}`, elements)];
}

/** Opens at once, while an alert is still being looked for. */
export function waitingAlertModal(): ModalView {
  return sentenceModal(alertTextOf.looking);
}

/** Shows a sentence of our own in the place of an alert. */
export function sentenceModal(sentence: string): ModalView {
  return modal([section([sentence])]);
}

/** Shows everything that is known of an alert, to be read only. */
export function alertModal(alert: Alert, labelOf: RenderContext['labelOf']): ModalView {
  const renderContext = { formatter: mrkdwnFormatter, labelOf };
  const { incident } = alert;
  return modal([
    header(alertHeadline(alert, { formatter: plainFormatter, labelOf })),
    ...alertGroups(alert, renderContext).map((lines) => section(lines)),
    { type: 'divider' },
    ...sections(reasonLines(incident, renderContext)),
    { type: 'divider' },
    ...incident.samples.map((sample) => sampleBlock(sample, { renderContext, system: incident.system })),
  ]);
}

function sampleBlock(
  sample: Sample,
  { renderContext, system }: { readonly renderContext: RenderContext; readonly system: string },
): SectionBlock {
  const block = section(sampleGroup(sample, renderContext));
  if (!isLink(sample.link)) return block;
  const text = buttonText('open', plainFormatter.text(renderContext.labelOf(system), 60));
  return { ...block, accessory: { ...alertButton('open', text), url: sample.link } };
}

function modal(blocks: readonly KnownBlock[]): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: alertTextOf.title },
    close: { type: 'plain_text', text: alertTextOf.close },
    blocks: [...blocks],
  };
}

/** Slack has an unwritten limit near 13 200 characters for all blocks together; this keeps well below. */
const maxBlocksLengthFollowUpMessage = 10_000;

const maxTextLengthFollowUpMessage = 3_900;

/** Shows what is said in the thread of an alert. */
export function followUpMessage(followUp: FollowUpContent, labelOf: RenderContext['labelOf']): Rendered {
  const text = fitLines(
    followUpLines(followUp, { formatter: fallbackFormatter, labelOf }),
    maxTextLengthFollowUpMessage,
  );
  for (const blocks of forms(followUp, labelOf)) {
    if (blocksLength(blocks) < maxBlocksLengthFollowUpMessage) return { text, blocks };
  }
  return plainFollowUp(followUp, labelOf);
}

/** Shows only plain text; for when Slack finds fault with the real form. */
export function plainFollowUp(followUp: FollowUpContent, labelOf: RenderContext['labelOf']): Rendered {
  return {
    text: fitLines(followUpLines(followUp, { formatter: fallbackFormatter, labelOf }), 1_000),
    blocks: [plainSection(fitLines(followUpLines(followUp, { formatter: plainFormatter, labelOf }), 2_000))],
  };
}

/** The fullest form first; each made only when the one before is too long. */
function* forms(
  followUp: FollowUpContent,
  labelOf: RenderContext['labelOf'],
): Generator<readonly KnownBlock[]> {
  const formatters: readonly Formatter[] = [
    mrkdwnFormatter,
    tighter(mrkdwnFormatter, 0.5),
    tighter(mrkdwnFormatter, 0.25),
  ];
  for (const formatter of formatters) yield sections(followUpLines(followUp, { formatter, labelOf }));
  if (followUp.kind === 'changes') {
    yield sections(shortBatchLines(followUp.records, { formatter: mrkdwnFormatter, labelOf }));
  }
}

/** Asks one person to confirm a way out; nothing happens before. */
export function recoveryMessage(proposal: RecoveryProposal, labelOf: RenderContext['labelOf']): Rendered {
  return {
    text: fitLines(recoveryLines(proposal, { formatter: fallbackFormatter, labelOf }), 3_900),
    blocks: [
      section(recoveryLines(proposal, { formatter: mrkdwnFormatter, labelOf })),
      ...confirmRow(proposal),
    ],
  };
}

/** Asks the same in plain text; for when Slack finds fault with the real form. */
export function plainRecovery(proposal: RecoveryProposal, labelOf: RenderContext['labelOf']): Rendered {
  return {
    text: fitLines(recoveryLines(proposal, { formatter: fallbackFormatter, labelOf }), 1_000),
    blocks: [
      plainSection(fitLines(recoveryLines(proposal, { formatter: plainFormatter, labelOf }), 2_000)),
      ...confirmRow(proposal),
    ],
  };
}

function confirmRow({ way, batchId, records }: RecoveryProposal): readonly KnownBlock[] {
  if (batchId.length === 0 || batchId.length > 2000) return [];
  const confirm: Button = {
    ...alertButton('confirm', wayText(way, records.length)),
    style: way === 'abort' ? 'danger' : 'primary',
    value: batchId,
  };
  const cancel: Button = { ...alertButton('cancel', alertTextOf.cancel), value: batchId };
  return [actions(actionId('alert', 'confirm'), [confirm, cancel])];
}

/** Makes what can be pressed on an alert; what changes runs leads to a confirmation first. */
function alertButtons(
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
function alertButton(kind: ActionKind<'alert'>, text: string): Pick<Button, 'type' | 'action_id' | 'text'> {
  return {
    type: 'button',
    action_id: actionId('alert', kind),
    text: { type: 'plain_text', text: plainFormatter.text(text, 75), emoji: false },
  };
}

const order: readonly AlertAction[] = ['take', 'restart', 'resume', 'abort', 'details', 'unmute', 'mute'];

function inOrder(actions: readonly AlertAction[]): readonly AlertAction[] {
  return order.filter((action) => actions.includes(action));
}

function textOf(action: Exclude<AlertAction, 'mute'>, failed: number): string {
  return isRecoveryAction(action) ? `${wayText(action, failed)}…` : alertTextOf[action];
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
  return [{ type: 'overflow', action_id: actionId('alert', 'mute'), options: [...options] }];
}
