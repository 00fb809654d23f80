import type { HomeView, InputBlock, KnownBlock, ModalView } from '@slack/types';
import { subjectOf } from '../../domain/approval.js';
import type { Card } from '../../domain/card.js';
import type { HomePage, WaitingRow } from '../../domain/home.js';
import { personKey } from '../../domain/person.js';
import type { NotificationPreferences } from '../../domain/preferences.js';
import { weekdays } from '../../domain/quiet-hours.js';
import type { BulkCandidate } from '../../use-cases/approvals/bulk.js';
import type { AwayChoices } from '../../use-cases/delegation.js';
import { mrkdwnFormatter, plainFormatter, type RenderContext, tighter } from '../format.js';
import { actionId, awayFields, bulkField, callbackIds, notificationFields } from '../ids.js';
import { absenceHomeLines, awayText } from '../text/absence.js';
import { showsAll } from '../text/card.js';
import {
  bulkText,
  clockTime,
  decidedHomeLines,
  healthHomeLines,
  homeHeadings,
  homeMessages,
  notificationLines,
  notificationText,
  requestedLines,
  waitingHeading,
  waitingLines,
  waitingNotes,
} from '../text/home.js';
import {
  actions,
  blocksLength,
  button,
  context,
  header,
  plainSection,
  plainText,
  section,
  sections,
  unfoldedText,
} from './blocks.js';
import { commentInput, summary } from './card.js';
import { decisionButtons } from './reply.js';

type Options = Omit<RenderContext, 'formatter'>;

/** A view may hold 250 kB; this keeps well below. */
const maxViewLength = 150_000;

/** Shows somebody their Home. */
export function homeView(page: HomePage, options: Options): HomeView {
  const forms = [mrkdwnFormatter, tighter(mrkdwnFormatter, 0.4)].map((formatter) =>
    blocksOf(page, { ...options, formatter }),
  );
  const blocks = forms.find((one) => blocksLength(one) < maxViewLength) ?? forms[1] ?? [];
  return { type: 'home', blocks: [...blocks] };
}

/** Shows only what waits, as plain text with its buttons; for when Slack finds fault with the real form. */
export function plainHome(page: HomePage, options: Options): HomeView {
  const renderContext = { ...options, formatter: plainFormatter };
  const rows = page.waiting.rows.flatMap((row, at): readonly KnownBlock[] => [
    plainSection(waitingLines(row, renderContext).join('\n')),
    ...rowActions(row, at, options),
  ]);
  const { waiting } = page;
  return {
    type: 'home',
    blocks: [plainSection(waitingHeading(waiting)), ...rows, ...pager(waiting)],
  };
}

function blocksOf(page: HomePage, renderContext: RenderContext): readonly KnownBlock[] {
  const { waiting, requested, decided, health } = page;
  const notes = waitingNotes(page, renderContext);
  return [
    header(waitingHeading(waiting)),
    ...(notes.length > 0 ? [section(notes)] : []),
    ...(waiting.isBulkOffered
      ? [actions(`home.several.${waiting.page}`, [button(actionId('home', 'several'), bulkText.open)])]
      : []),
    ...waiting.rows.flatMap((row, at): readonly KnownBlock[] => [
      ...(at > 0 ? [{ type: 'divider' } as const] : []),
      section(waitingLines(row, renderContext)),
      ...rowActions(row, at, renderContext),
    ]),
    ...pager(waiting),
    header(homeHeadings.requested),
    ...sections(requestedLines(requested, renderContext)),
    ...cancelRows(requested),
    header(homeHeadings.decided),
    ...sections(decidedHomeLines(decided, renderContext)),
    ...awayBlocks(page, renderContext),
    ...notificationBlocks(page, renderContext),
    ...(health ? [header(homeHeadings.health), context(healthHomeLines(health, renderContext))] : []),
  ];
}

function awayBlocks({ away }: HomePage, renderContext: RenderContext): readonly KnownBlock[] {
  if (!away) return [];
  const buttons = [
    ...(away.isApprover ? [button(actionId('home', 'away'), awayText.open)] : []),
    ...(away.own.length > 0 ? [button(actionId('home', 'back'), awayText.back)] : []),
  ];
  return [
    header(awayText.heading),
    ...sections(absenceHomeLines(away, renderContext)),
    ...(buttons.length > 0 ? [actions('home.absences', buttons)] : []),
  ];
}

function notificationBlocks(
  { notifications }: HomePage,
  renderContext: RenderContext,
): readonly KnownBlock[] {
  if (!notifications) return [];
  return [
    header(homeHeadings.notifications),
    section(notificationLines(notifications, renderContext)),
    actions('home.notifications', [button(actionId('home', 'notifications'), notificationText.open)]),
  ];
}

/** Asks somebody how they want their direct messages; times are on the half hour, as a menu has room for. */
export function notificationsModal({
  directMessages,
  dailyAtMinute,
  quiet,
  workingDays,
}: Omit<NotificationPreferences, 'person'>): ModalView {
  const { modes, days, noQuietHours } = notificationText;
  const times = Array.from({ length: 48 }, (_, at) => [String(at * 30), clockTime(at * 30)] as const);
  const none = ['', noQuietHours] as const;
  const dayOptions = weekdays.map((day) => option(day, days[day]));
  return {
    type: 'modal',
    callback_id: callbackIds.notifications,
    title: plainText(notificationText.title, 24),
    submit: plainText(notificationText.submit, 24),
    close: plainText(notificationText.cancel, 24),
    blocks: [
      select('directMessages', Object.entries(modes), directMessages, notificationText.directMessagesHint),
      select('dailyAt', times, String(dailyAtMinute)),
      select('quietFrom', [none, ...times], String(quiet?.fromMinute ?? '')),
      select('quietTo', times, String(quiet?.toMinute ?? 7 * 60), notificationText.quietHint),
      {
        type: 'input',
        block_id: notificationFields.workingDays,
        label: plainText(notificationText.workingDays),
        element: {
          type: 'checkboxes',
          action_id: notificationFields.workingDays,
          options: dayOptions,
          initial_options: dayOptions.filter(({ value }) => workingDays.some((day) => day === value)),
        },
      },
    ],
  };
}

/** Stands for no choice in a menu: Slack takes no empty values. */
const noChoice = 'none';

function option(value: string, text: string) {
  return { text: plainText(text), value: value === '' ? noChoice : value };
}

function select(
  field: 'directMessages' | 'dailyAt' | 'quietFrom' | 'quietTo',
  choices: readonly (readonly [value: string, text: string])[],
  chosen: string,
  hint?: string,
): InputBlock {
  const options = choices.map(([value, text]) => option(value, text));
  const initial = options.find(({ value }) => value === (chosen === '' ? noChoice : chosen));
  return {
    type: 'input',
    block_id: notificationFields[field],
    label: plainText(notificationText[field]),
    ...(hint === undefined ? {} : { hint: plainText(hint, 150) }),
    element: {
      type: 'static_select',
      action_id: notificationFields[field],
      options,
      ...(initial ? { initial_option: initial } : {}),
    },
  };
}

/** A button for each request that its person may cancel; each opens a window first. */
function cancelRows({ rows, cancelable }: HomePage['requested']): readonly KnownBlock[] {
  return rows
    .filter(({ id }) => cancelable.includes(id))
    .map(({ code }, at) => {
      const text = `${bulkText.cancel} ${plainFormatter.text(code, 20)}…`;
      return actions(`home.cancel.${at}`, [button(actionId('home', 'cancel'), text, { value: code })]);
    });
}

/** Buttons that repeat are told apart for whoever hears them. */
function rowActions({ card }: WaitingRow, at: number, options: Options): readonly KnownBlock[] {
  const buttons = decisionButtons(card, 'home', options).map((one) => ({
    ...one,
    accessibility_label: plainFormatter.text(`${one.text.text} ${subjectOf(card.approval)}`, 75),
  }));
  return buttons.length === 0 ? [] : [actions(`home.${at}.${card.approval.version}`, buttons)];
}

function pager({ page, pages }: HomePage['waiting']): readonly KnownBlock[] {
  const to = (where: 'before' | 'after', text: string, at: number) =>
    button(actionId('home', `page-${where}`), text, { value: String(at) });
  const buttons = [
    ...(page > 1 ? [to('before', 'Previous page', page - 1)] : []),
    ...(page < pages ? [to('after', 'Next page', page + 1)] : []),
  ];
  return buttons.length === 0 ? [] : [actions(`home.pages.${page}`, buttons)];
}

/** Says in a window why a click in a Home led to nothing. */
export function messageModal(text: string): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: homeMessages.title },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [section([text])],
  };
}

/** A window holds a hundred blocks, three of which are no request's, and 250 kB. */
const mostBlocks = 97;
const maxLength = 150_000;

/** A window in which several can be approved, and which of them stand in it. */
interface BulkModal {
  readonly view: ModalView;
  readonly shown: readonly BulkCandidate[];
}

/**
 * Shows requests in full, each with a box to choose it, unticked at first; as many as there is room for, and none of which not all can
 * be shown.
 */
export function bulkModal(
  candidates: readonly BulkCandidate[],
  {
    id,
    waiting,
    labelOf,
  }: { readonly id: string; readonly waiting: number; readonly labelOf: RenderContext['labelOf'] },
): BulkModal {
  const blocks: KnownBlock[] = [];
  const shown: BulkCandidate[] = [];
  for (const one of candidates) {
    const facts = summary(one.card, labelOf);
    // A way to the rest means that there is one.
    if (facts.some(({ type }) => type === 'actions')) continue;
    if (!showsAll(one.card, mrkdwnFormatter, unfoldedText(facts))) continue;
    const all = [checkbox(one.card, shown.length), ...facts];
    if (blocks.length + all.length > mostBlocks || blocksLength([...blocks, ...all]) > maxLength) break;
    blocks.push(...all);
    shown.push(one);
  }
  const wantsReason = shown.some(({ card }) => card.rule?.approveWith === 'reason');
  const left = waiting - shown.length;
  if (shown.length === 0) {
    return { view: { ...frame(id), blocks: [section([bulkText.none])] }, shown };
  }
  return {
    view: {
      ...frame(id),
      submit: { type: 'plain_text', text: bulkText.submit },
      blocks: [
        section([bulkText.intro(shown.length)]),
        ...blocks,
        commentInput({
          isReason: wantsReason,
          room: mostComment,
          text: { label: wantsReason ? bulkText.reason : bulkText.comment, hint: bulkText.hint },
        }),
        ...(left > 0 ? [context([bulkText.left(left)])] : []),
      ],
    },
    shown,
  };
}

/** Whether a comment fits each of them is checked when it is submitted. */
const mostComment = 500;

function frame(id: string) {
  return {
    type: 'modal',
    callback_id: callbackIds.several,
    private_metadata: id,
    title: { type: 'plain_text', text: bulkText.title },
    close: { type: 'plain_text', text: bulkText.cancel },
  } as const;
}

function checkbox({ approval }: Card, at: number): InputBlock {
  const option = {
    text: { type: 'plain_text', text: bulkText.option },
    value: String(at),
  } as const;
  return {
    type: 'input',
    block_id: bulkField(at),
    optional: true,
    label: {
      type: 'plain_text',
      text: plainFormatter.text(`${approval.code} ${subjectOf(approval)}`, 150),
    },
    element: {
      type: 'checkboxes',
      action_id: bulkField(at),
      options: [option],
    },
  };
}

/** A menu takes no more, and the value of an option no more letters. */
const most = { options: 100, value: 150 };

/** Asks an approver until when they are away, and who decides in their place. */
export function awayModal({ rules, delegates }: AwayChoices): ModalView {
  return {
    type: 'modal',
    callback_id: callbackIds.away,
    title: plainText(awayText.title, 24),
    submit: plainText(awayText.submit, 24),
    close: plainText(awayText.cancel, 24),
    blocks: [
      {
        type: 'input',
        block_id: awayFields.until,
        label: plainText(awayText.until),
        hint: plainText(awayText.untilHint, 150),
        element: {
          type: 'plain_text_input',
          action_id: awayFields.until,
          max_length: 40,
          focus_on_load: true,
        },
      },
      ...menu(
        'delegate',
        delegates.map(({ id, name }) => [name, personKey(id)] as const),
      ),
      ...(rules.length > 1
        ? menu(
            'rule',
            rules.map((rule) => [rule, rule] as const),
          )
        : []),
    ],
  };
}

const menuTexts = {
  delegate: { label: awayText.delegate, hint: awayText.delegateHint, none: awayText.nobody },
  rule: { label: awayText.rule, hint: awayText.ruleHint, none: awayText.everyRule },
} as const;

/** Nothing where there is nothing to choose. */
function menu(
  field: keyof typeof menuTexts,
  choices: readonly (readonly [name: string, value: string])[],
): readonly InputBlock[] {
  const { label, hint, none } = menuTexts[field];
  const options = choices
    .filter(([, value]) => value.length <= most.value)
    .slice(0, most.options)
    .map(([name, value]) => ({ text: plainText(name), value }));
  if (options.length === 0) return [];
  return [
    {
      type: 'input',
      block_id: awayFields[field],
      optional: true,
      label: plainText(label),
      hint: plainText(hint, 150),
      element: {
        type: 'static_select',
        action_id: awayFields[field],
        placeholder: plainText(none),
        options,
      },
    },
  ];
}
