import type { Button, KnownBlock, ModalView, Overflow, PlainTextOption, SectionBlock } from '@slack/types';
import type { Alert, AlertAction, FollowUpContent, RecoveryAction, Sample } from '../../domain/incident.js';
import {
  buttonText,
  type Formatter,
  mrkdwnFormatter,
  plainFormatter,
  type RenderContext,
} from '../format.js';
import { type ActionKind, actionId, maxValueLength, muteSpans, writeMute } from '../ids.js';
import {
  alertGroups,
  alertHeadline,
  alertText as alertTexts,
  followUpLines,
  muteText,
  type RecoveryProposal,
  reasonLines,
  recoveryLines,
  sampleGroup,
  shortBatchLines,
  wayText,
} from '../text/alert.js';
import {
  actions,
  button,
  header,
  plainForm,
  plainText,
  type Rendered,
  realForm,
  section,
  sections,
} from './blocks.js';
import { isLink } from './card.js';

/** Shows an alert as a message: what fails with all that can be done, afterwards calmly how it ended. */
export function alertMessage(alert: Alert, labelOf: RenderContext['labelOf']): Rendered {
  return realForm(messageOf(alert, labelOf));
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real alert. */
export function plainAlert(alert: Alert, labelOf: RenderContext['labelOf']): Rendered {
  return plainForm(messageOf(alert, labelOf));
}

function messageOf(alert: Alert, labelOf: RenderContext['labelOf']) {
  const elements = alertButtons(alert, labelOf);
  // Buttons belong to one version of the alert.
  const buttons = elements.length === 0 ? [] : [actions(`alert.${alert.incident.version}`, elements)];
  const groups = (formatter: Formatter) => alertGroups(alert, { formatter, labelOf });
  return {
    lines: (formatter: Formatter) => [
      alertHeadline(alert, { formatter, labelOf }),
      ...groups(formatter).flat(),
    ],
    blocks: (formatter: Formatter) => [
      header(alertHeadline(alert, { formatter: plainFormatter, labelOf })),
      ...groups(formatter).map((lines) => section(lines)),
      ...buttons,
    ],
    buttons,
  };
}

/** Opens at once, while an alert is still being looked for. */
export function waitingAlertModal(): ModalView {
  return sentenceModal(alertTexts.searching);
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
  const [open] = openButton(sample.link, renderContext.labelOf(system));
  return open ? { ...block, accessory: open } : block;
}

function modal(blocks: readonly KnownBlock[]): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: alertTexts.title },
    close: { type: 'plain_text', text: alertTexts.close },
    blocks: [...blocks],
  };
}

/** Shows what is said in the thread of an alert. */
export function followUpMessage(followUp: FollowUpContent, labelOf: RenderContext['labelOf']): Rendered {
  return realForm(followUpOf(followUp, labelOf));
}

/** Shows only plain text; for when Slack finds fault with the real form. */
export function plainFollowUp(followUp: FollowUpContent, labelOf: RenderContext['labelOf']): Rendered {
  return plainForm(followUpOf(followUp, labelOf));
}

function followUpOf(followUp: FollowUpContent, labelOf: RenderContext['labelOf']) {
  const lines = (formatter: Formatter) => followUpLines(followUp, { formatter, labelOf });
  const blocks = (formatter: Formatter) => sections(lines(formatter));
  if (followUp.kind !== 'changes') return { lines, blocks };
  const short = () => sections(shortBatchLines(followUp.records, { formatter: mrkdwnFormatter, labelOf }));
  return { lines, blocks, short };
}

/** Asks one person to confirm a way out; nothing happens before. */
export function recoveryMessage(proposal: RecoveryProposal, labelOf: RenderContext['labelOf']): Rendered {
  return realForm(recoveryOf(proposal, labelOf));
}

/** Asks the same in plain text; for when Slack finds fault with the real form. */
export function plainRecovery(proposal: RecoveryProposal, labelOf: RenderContext['labelOf']): Rendered {
  return plainForm(recoveryOf(proposal, labelOf));
}

function recoveryOf(proposal: RecoveryProposal, labelOf: RenderContext['labelOf']) {
  const lines = (formatter: Formatter) => recoveryLines(proposal, { formatter, labelOf });
  const buttons = confirmRow(proposal);
  return { lines, blocks: (formatter: Formatter) => [section(lines(formatter)), ...buttons], buttons };
}

function confirmRow({ way, batchId, records }: RecoveryProposal): readonly KnownBlock[] {
  if (batchId.length === 0 || batchId.length > maxValueLength) return [];
  const style = way === 'abort' ? 'danger' : 'primary';
  const confirm = alertButton('confirm', wayText(way, records.length), { style, value: batchId });
  const cancel = alertButton('cancel', alertTexts.cancel, { value: batchId });
  return [actions(actionId('alert', 'confirm'), [confirm, cancel])];
}

/** Makes what can be pressed on an alert; what changes runs leads to a confirmation first. */
function alertButtons(
  { incident, actions: offered, route }: Alert,
  labelOf: RenderContext['labelOf'],
): readonly (Button | Overflow)[] {
  const { id, failed, samples, system } = incident;
  const isClickable = id.length > 0 && id.length <= maxValueLength;
  const clickable = isClickable ? order.filter((action) => offered.includes(action)) : [];
  const buttons = clickable.flatMap((action): readonly (Button | Overflow)[] =>
    action === 'mute' ? muteMenu(id) : buttonOf(action, id, failed),
  );
  const runbook = isLink(route.runbook)
    ? [alertButton('runbook', alertTexts.runbook, { url: route.runbook })]
    : [];
  return [...buttons, ...runbook, ...openButton(samples[0]?.link, labelOf(system))];
}

function buttonOf(action: Exclude<AlertAction, 'mute'>, id: string, failed: number): readonly Button[] {
  const value = action === 'mute-hour' ? writeMute({ span: 'hour', incidentId: id }) : id;
  return value === undefined ? [] : [alertButton(action, textOf(action, failed), { value })];
}

function openButton(link: string | undefined, label: string): readonly Button[] {
  if (!isLink(link)) return [];
  return [alertButton('open', buttonText('open', plainFormatter.text(label, 60)), { url: link })];
}

function alertButton(kind: ActionKind<'alert'>, text: string, more: Parameters<typeof button>[2]): Button {
  return button(actionId('alert', kind), text, more);
}

const order: readonly AlertAction[] = [
  'take',
  'hand-back',
  'take-over',
  'restart',
  'resume',
  'abort',
  'details',
  'unmute',
  'mute-hour',
  'mute',
];

function textOf(action: Exclude<AlertAction, 'mute'>, failed: number): string {
  return isRecoveryAction(action) ? `${wayText(action, failed)}…` : alertTexts[action];
}

function isRecoveryAction(action: AlertAction): action is RecoveryAction {
  return action === 'restart' || action === 'resume' || action === 'abort';
}

/** A menu that keeps no choice: one that was refused must not go on showing what did not happen. */
function muteMenu(incidentId: string): readonly Overflow[] {
  // The shortest has a button of its own.
  const options = muteSpans.slice(1).flatMap((span): readonly PlainTextOption[] => {
    const value = writeMute({ span, incidentId });
    if (value === undefined) return [];
    return [{ text: plainText(muteText[span]), value }];
  });
  if (options.length === 0) return [];
  return [{ type: 'overflow', action_id: actionId('alert', 'mute'), options: [...options] }];
}
