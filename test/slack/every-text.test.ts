import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseSync } from '@swc/core';
import { usualPreferences } from '../../src/domain/preferences.js';
import {
  deniedText,
  endingText,
  invitationText,
  type PageText,
  refusalText,
  wrongBrowserText,
} from '../../src/http/link-pages.js';
import { validateBlocks, validateView } from '../../src/sandbox/slack/validate.js';
import {
  alertMessage,
  alertModal,
  followUpMessage,
  recoveryMessage,
  waitingAlertModal,
} from '../../src/slack/blocks/alert.js';
import { inShadow, realForm } from '../../src/slack/blocks/blocks.js';
import {
  approvalCard,
  askModal,
  decisionModal,
  detailsModal,
  replyModal,
} from '../../src/slack/blocks/card.js';
import { awayModal, bulkModal, homeView, notificationsModal } from '../../src/slack/blocks/home.js';
import {
  clickReplyForms,
  digestMessage,
  noticeMessage,
  summaryMessage,
  undecidedMessage,
} from '../../src/slack/blocks/notice.js';
import {
  cancelModal,
  replyMessage,
  runPicker,
  startModal,
  waitingPicker,
} from '../../src/slack/blocks/reply.js';
import { reportMessage } from '../../src/slack/blocks/report.js';
import { mrkdwnFormatter, withdrawChoice } from '../../src/slack/format.js';
import * as absenceTexts from '../../src/slack/text/absence.js';
import * as alertTexts from '../../src/slack/text/alert.js';
import * as clickTexts from '../../src/slack/text/answer.js';
import * as questionTexts from '../../src/slack/text/answer.js';
import * as homeTexts from '../../src/slack/text/home.js';
import * as noticeTexts from '../../src/slack/text/notice.js';
import * as phraseTexts from '../../src/slack/text/phrases.js';
import * as replyTexts from '../../src/slack/text/reply.js';
import * as changeTexts from '../../src/slack/text/reply-changes.js';
import * as reportTexts from '../../src/slack/text/report.js';
import { aDialog, anApproval, anInstance, aPersonId, noonMs } from '../support/an-approval.js';
import { aCard, aRule } from './a-card.js';
import { aProposal, aRow } from './commands/a-reply.js';
import {
  aLongReport,
  aReport,
  dialogCards,
  everyAlert,
  everyAlertReply,
  everyAskReply,
  everyCard,
  everyClickReply,
  everyFollowUp,
  everyHome,
  everyLinkEnding,
  everyNotice,
  everyRecovery,
  everyReply,
  everyRepudiation,
  everySummary,
  everyUndecided,
  invited,
  shadowRecords,
  startOptions,
} from './every-state.js';

const root = new URL('../../', import.meta.url).pathname;
const page = join(root, 'docs/wording.md');
const howToWrite = 'WRITE_DOCS=1 npm test -- every-text';

const labelOf = (system: string) => (system === 'plant' ? 'Work Tasks' : 'Command');
const linkUrlOf = (request: string) => `https://countersign.example.com/link?state=${request}`;
const renderContext = { formatter: mrkdwnFormatter, labelOf, linkUrlOf };
const options = { labelOf, linkUrlOf, command: '/workflow', choiceId: 'choice-1' };
const decider = { name: 'Ada Okafor', identities: [] };

/** One message, window or page, as what Slack takes, or as bare text. */
interface Shown {
  readonly name: string;
  readonly what: string | object;
}

/** All of a place, such as every card. */
interface Place {
  readonly title: string;
  readonly shown: readonly Shown[];
}

function eachOf<One extends { readonly kind: string }>(
  every: readonly One[],
  render: (one: One) => Shown['what'],
): readonly Shown[] {
  return every.map((one) => ({ name: one.kind, what: render(one) }));
}

const reader = { person: aPersonId(), renderContext };
const shown = (name: string, what: Shown['what']): Shown => ({ name, what });
const runs = [aRow(), aRow()];

const places: readonly Place[] = [
  { title: 'Cards', shown: everyCard.map(([name, card]) => shown(name, approvalCard(card, labelOf))) },
  {
    title: 'Shadow mode',
    shown: [
      shown(
        'card',
        inShadow(
          approvalCard(
            aCard({ deciders: { people: [], groups: ['S0PKI'] }, rule: aRule({ notify: 'channel' }) }),
            labelOf,
          ),
          {
            heading: phraseTexts.shadowMessages.heading('Command'),
            lines: [
              phraseTexts.shadowMessages.wouldGoTo('#pki'),
              ...shadowRecords.flatMap(noticeTexts.shadowComparison),
            ],
            nameOf: () => undefined,
          },
        ),
      ),
      shown('elsewhere', phraseTexts.shadowMessages.heading(undefined)),
      shown('alert', phraseTexts.shadowMessages.heading('Command', true)),
    ],
  },
  { title: 'Details', shown: everyCard.map(([name, card]) => shown(name, detailsModal(card, labelOf))) },
  {
    title: 'Windows of a card',
    shown: dialogCards.flatMap(([name, card, output]) =>
      (['approve', 'deny'] as const).map((verb) =>
        shown(
          `${verb}, ${name}`,
          decisionModal(card, aDialog({ verb, ...(output === undefined ? {} : { output }) }), {
            labelOf,
            decider,
          }),
        ),
      ),
    ),
  },
  {
    title: 'Answers to a click',
    shown: eachOf(everyClickReply, (one) => clickReplyForms(one, renderContext).rendered),
  },
  {
    title: 'Questions',
    shown: [
      shown('ask', askModal(anApproval())),
      shown(
        'answer',
        replyModal(anApproval(), {
          number: 1,
          person: aPersonId(),
          name: 'Ada Okafor',
          text: 'Which team runs this host?',
          atMs: noonMs,
        }),
      ),
      ...eachOf(everyAskReply, (one) => questionTexts.askReplyText(one, renderContext)),
    ],
  },
  {
    title: 'Approving several',
    shown: [0, 1, 2].map((count) =>
      shown(
        `${count} offered`,
        bulkModal(
          Array.from({ length: count }, () => ({
            card: aCard(),
            item: {
              approvalId: 'approval-a',
              revision: 1,
              basis: 'findings.rule',
              message: { channel: 'C0PKI', ts: '1.1' },
              wantsReason: false,
              room: 500,
            },
          })),
          { id: 'bulk-1', waiting: count + count, labelOf },
        ).view,
      ),
    ),
  },
  { title: 'Home', shown: everyHome.map(([name, one]) => shown(name, homeView(one, options))) },
  {
    title: 'Being away',
    shown: [
      shown('one rule', awayModal({ rules: ['PKI Approvers'], delegates: [] })),
      shown(
        'several rules',
        awayModal({
          rules: ['PKI Approvers', 'Web'],
          delegates: [{ id: aPersonId('U0BO'), name: 'Bo Lindqvist' }],
        }),
      ),
    ],
  },
  { title: 'Notices', shown: eachOf(everyNotice, (one) => noticeMessage(one, labelOf, { linkUrlOf })) },
  {
    title: 'Reminders',
    shown: everyUndecided.map((one) => shown(one.kind, undecidedMessage(one, { labelOf }))),
  },
  {
    title: 'Summaries and the digest of what expires',
    shown: everySummary.map((one) => shown(one.kind, summaryMessage(one, { labelOf }))),
  },
  {
    title: 'Notifications',
    shown: [shown('window', notificationsModal(usualPreferences))],
  },
  {
    title: 'Reports',
    shown: [aReport, aLongReport].map((one) =>
      shown('with charts', realForm(reportMessage(one, { labelOf, canChart: true }))),
    ),
  },
  { title: 'Digests', shown: [0, 1, 7].map((count) => shown(`${count} waiting`, digestMessage(count))) },
  {
    title: '“That wasn’t me”',
    shown: [
      ...everyRepudiation.map((one) => shown(one.kind, noticeTexts.repudiatedText(one, renderContext))),
      shown('failed', noticeTexts.notRepudiatedText(clickTexts.brokeText('r-1', renderContext))),
    ],
  },
  { title: 'Replies to commands', shown: eachOf(everyReply, (one) => replyMessage(one, options)) },
  {
    title: 'Windows of commands',
    shown: [
      ...(['status', 'restart', 'output', 'variable', 'alert'] as const).flatMap((verb) => [
        shown(verb, runPicker({ line: { verb }, pickerId: 'p', rows: runs, command: '/workflow' })),
        shown(
          verb,
          runPicker({ line: { verb, ref: 'K7F3' }, pickerId: 'p', rows: [], command: '/workflow' }),
        ),
      ]),
      shown(
        'nothing to choose',
        runPicker({ line: { verb: 'why' }, pickerId: 'p', rows: [], command: '/workflow' }),
      ),
      shown(
        'not searched',
        runPicker({ line: { verb: 'why' }, pickerId: 'p', rows: undefined, command: '/workflow' }),
      ),
      shown('searching', waitingPicker('execute', 'p')),
      ...[undefined, []].map((some) =>
        shown('execute', startModal({ pickerId: 'p', values: [], command: '/workflow', options: some })),
      ),
      ...[0, 1].map((chosen) =>
        shown(
          'execute',
          startModal({ pickerId: 'p', values: [], command: '/workflow', options: startOptions, chosen }),
        ),
      ),
      ...(['several', 'none'] as const).map((fits) =>
        shown(
          'execute',
          startModal({
            pickerId: 'p',
            values: [],
            command: '/workflow',
            options: startOptions,
            typed: { workflow: 'Le', fits },
          }),
        ),
      ),
      shown('cancel', cancelModal(undefined, options)),
      shown(
        'cancel',
        cancelModal(
          aProposal({
            record: { ...aProposal().record, change: { kind: 'cancel', instance: anInstance().ref } },
          }),
          options,
        ),
      ),
      shown('cancel', cancelModal({ kind: 'shadow-off' }, options)),
    ],
  },
  { title: 'Alerts', shown: everyAlert.map(([name, one]) => shown(name, alertMessage(one, labelOf))) },
  {
    title: 'Details of an alert',
    shown: [
      shown('waiting', waitingAlertModal()),
      ...everyAlert.map(([name, one]) => shown(name, alertModal(one, labelOf))),
    ],
  },
  { title: 'Threads of alerts', shown: eachOf(everyFollowUp, (one) => followUpMessage(one, labelOf)) },
  {
    title: 'Recovery of failed runs',
    shown: everyRecovery.map((one) => shown(one.way, recoveryMessage(one, labelOf))),
  },
  {
    title: 'Answers on an alert',
    shown: eachOf(everyAlertReply, (one) => alertTexts.alertReplyText(one, reader)),
  },
  {
    title: 'Pages on which accounts are linked',
    shown: [
      shown('invited', pageText(invitationText(invited))),
      shown('refused', pageText(refusalText({ kind: 'no-invitation' }))),
      shown('other browser', pageText(wrongBrowserText)),
      shown('denied', pageText(deniedText)),
      ...eachOf(everyLinkEnding, (one) => pageText(endingText(one))),
    ],
  },
  {
    title: 'Fixed texts',
    shown: Object.entries({
      absenceTexts,
      alertTexts,
      clickTexts,
      changeTexts,
      homeTexts,
      noticeTexts,
      phraseTexts,
      questionTexts,
      replyTexts,
      reportTexts,
    }).flatMap(([, texts]) =>
      Object.entries(texts)
        .filter(([, value]) => typeof value !== 'function')
        .map(([name, value]) => shown(name, stringsOf(value).join('\n'))),
    ),
  },
  {
    title: 'What a field says when it is filled in wrongly',
    shown: [
      ...(['reason', 'typed'] as const).map((missing) => shown(missing, clickTexts.missingText(missing))),
      ...[1, 9].map((length) => shown('too long', clickTexts.tooLongText(length))),
      shown('no value', replyTexts.wrongValueText({ typed: '', expected: 'a number' })),
      shown('wrong value', replyTexts.wrongValueText({ typed: 'x', expected: 'a number' })),
      shown('default', replyTexts.defaultHint('3')),
    ],
  },
  {
    title: 'Short texts',
    shown: [
      shown('outdated message', noticeTexts.outdatedText()),
      shown('withdraw', withdrawChoice),
      ...[mrkdwnFormatter.moment, mrkdwnFormatter.second, mrkdwnFormatter.day].map((write) =>
        shown('unknown time', write(Number.NaN)),
      ),
      shown('link button', 'No, this is not me'),
    ],
  },
];

function pageText({ heading, lines, button }: PageText): string {
  return [`# ${heading}`, ...lines, ...(button === undefined ? [] : [`[${button}]`])].join('\n');
}

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

/** What people read of something Slack takes, line by line, in the order in which it stands there. */
function linesOf(what: unknown): readonly string[] {
  if (typeof what === 'string') return what.split('\n').map(read);
  if (Array.isArray(what)) return what.flatMap(linesOf);
  if (!isRecord(what)) return [];
  switch (what.type) {
    case 'plain_text':
    case 'mrkdwn':
    case 'text':
      return linesOf(what.text);
    case 'header':
      return linesOf(what.text).map((line) => `# ${line}`);
    case 'actions':
      return [linesOf(what.elements).join(' '), ...confirmationsIn(what.elements)].filter(Boolean);
    case 'button':
      return linesOf(what.text).map((line) => `[${line}]`);
    case 'static_select':
    case 'overflow':
    case 'checkboxes':
      return [
        `[${[...linesOf(what.placeholder), ...linesOf(Array.isArray(what.options) ? what.options.map((one: unknown) => (isRecord(one) ? one.text : [])) : [])].join(' | ')}]`,
      ];
    case 'modal':
      return [
        ...linesOf(what.title).map((line) => `# ${line}`),
        ...linesOf(what.blocks),
        [...linesOf(what.submit), ...linesOf(what.close)].map((line) => `[${line}]`).join(' '),
      ];
    default:
      return [
        'text',
        'title',
        'subtitle',
        'label',
        'hint',
        'element',
        'elements',
        'placeholder',
        'accessory',
        'fields',
        'child_blocks',
        'blocks',
      ].flatMap((part) => (part === 'text' && 'blocks' in what ? [] : linesOf(what[part])));
  }
}

function confirmationsIn(elements: unknown): readonly string[] {
  if (!Array.isArray(elements)) return [];
  return elements.flatMap((one: unknown) =>
    isRecord(one) && isRecord(one.confirm)
      ? [
          ...linesOf(one.confirm.title),
          ...linesOf(one.confirm.text),
          [...linesOf(one.confirm.confirm), ...linesOf(one.confirm.deny)]
            .map((line) => `[${line}]`)
            .join(' '),
        ]
      : [],
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Writes what Slack makes of its own markup; of long lists of names only the first. */
function read(line: string): string {
  return line
    .replace(/([xyz])\1{9,}/g, '$1…')
    .replace(/(`[^`]*`, `[^`]*`)(?:, `[^`]*`){3,}/g, '$1, …')
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<!subteam\^([^>]*)>|<[@#]([^>]*)>/g, (_all, group: string, id: string) => `@${group ?? id}`)
    .replace(/<!(\w+)>/g, '@$1')
    .replace(/<[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

/** Writes the page: every line once, where it is met first. */
function catalog(): string {
  const met = new Set<string>();
  return [
    '# Every text in Slack',
    '',
    `This page is generated. To change a text, change it in \`src/slack/text/\`, then run \`${howToWrite}\`. A new state goes into \`test/slack/every-state.ts\`.`,
    '',
    'It shows every message, window, Home, reply, alert and page with fixed names and dates. A line that was shown before is left out. `[…]` is a button or a menu, and `#` starts a heading.',
    ...places.flatMap(({ title, shown: all }) => ['', `## ${title}`, ...textsOf(all, met)]),
    '',
  ].join('\n');
}

/** A heading and a line of the same words are one text. */
function bare(line: string): string {
  return line.replace(/[*#`]/g, '').trim();
}

function textsOf(all: readonly Shown[], met: Set<string>): readonly string[] {
  const byName = new Map<string, string[]>();
  for (const { name, what } of all) {
    const lines = new Set(linesOf(what).filter((line) => line !== '' && !met.has(bare(line))));
    for (const line of lines) met.add(bare(line));
    const before = byName.get(name) ?? [];
    if (lines.size > 0) byName.set(name, [...before, ...(before.length > 0 ? [''] : []), ...lines]);
  }
  return [...byName].flatMap(([name, lines]) => ['', `**${name}**`, '', '```text', ...lines, '```']);
}

/** What no reader sees: HTML, CSS, headers, and the tokens by which Slack writes times. */
const markup = /[<{]|'none'|'self'|-src|SameSite|charset|^The form was not sent/;

/** Every piece of text with a blank in it that the source writes, as far as no value stands within. */
function piecesIn(path: string): readonly string[] {
  const pieces: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one);
    if (
      Array.isArray(node) ||
      !isRecord(node) ||
      node.type === 'TsLiteralType' ||
      node.type === 'ImportDeclaration'
    )
      return;
    if (node.type === 'StringLiteral') pieces.push(String(node.value));
    if (node.type === 'TemplateElement') pieces.push(String(node.cooked));
    for (const part of Object.values(node)) visit(part);
  };
  visit(parseSync(readFileSync(path, 'utf8'), { syntax: 'typescript' }).body);
  return pieces
    .flatMap((piece) => piece.split('\n'))
    .map((piece) => piece.replace(/[*`]/g, '').trim())
    .filter((piece) => /\p{L}{2}.* .*\p{L}{2}/u.test(piece) && !markup.test(piece));
}

const sources = [
  ...['src/slack/text', 'src/slack/blocks'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  ),
  'src/slack/format.ts',
  'src/http/link-pages.ts',
];

describe('the catalog of texts', () => {
  it('is what the code says today', () => {
    if (process.env.WRITE_DOCS === '1') writeFileSync(page, catalog());
    const isFresh = readFileSync(page, 'utf8') === catalog();
    expect(isFresh ? 'fresh' : `stale: run ${howToWrite}`).toBe('fresh');
  });

  it.each(sources)('shows every sentence of %s', (source) => {
    const whole = catalog().replace(/[*`]/g, '');
    const missing = piecesIn(join(root, source)).filter((piece) => !whole.includes(piece));
    expect(missing).toEqual([]);
  });

  it('holds nothing that Slack would refuse', () => {
    const problems = places.flatMap(({ title, shown: all }) =>
      all.flatMap(({ name, what }) => {
        if (!isRecord(what)) return [];
        const found =
          what.type === 'modal' || what.type === 'home'
            ? validateView(what, what.type)
            : validateBlocks(Array.isArray(what.blocks) ? what.blocks : [], 'message');
        return found.map((problem) => `${title}, ${name}: ${JSON.stringify(problem)}`);
      }),
    );
    expect(problems).toEqual([]);
  });
});
