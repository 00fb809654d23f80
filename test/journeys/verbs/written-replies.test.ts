import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Verb, type VerbSpec, verbs } from '../../../src/domain/commands.js';
import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { ask, becomes } from '../../support/stage/ask.js';
import { clickAction, linkByCommand } from '../../support/stage/browser.js';
import { approve, cardSaying, privateWord, textOf, theCard } from '../../support/stage/cards.js';
import { confirm, type } from '../../support/stage/commands.js';
import { createCountedIds } from '../../support/stage/counted-ids.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { openPersonStage } from '../../support/stage/open-person-stage.js';
import { openStage, type Stage } from '../../support/stage/open-stage.js';
import { type Actor, personas, places } from '../../support/stage/personas.js';
import { grantManage } from '../../support/stage/work-tasks.js';

/**
 * Holds `docs/commands.md` to the table of verbs and to what the bot really answers.
 *
 * With `WRITE_DOCS=1` it writes the page anew: `WRITE_DOCS=1 npm test -- written-replies`. What stands between two marks
 * is written; all else on the page is kept.
 */
const page = new URL('../../../docs/commands.md', import.meta.url);

/** A line somebody typed, and what it was answered, as a person reads it. */
interface WrittenReply {
  readonly line: string;
  readonly reply: string;
}

const replies = new Map<Verb, WrittenReply[]>();

describe('the page about commands', () => {
  beforeAll(async () => {
    await playCommand();
    await playCancel();
    await playWorkTasks();
    await playLinks();
    if (process.env.WRITE_DOCS === '1') writeFileSync(page, written(readFileSync(page, 'utf8')));
  }, 120_000);

  it('lists every verb of the table', () => {
    expect(stale('verbs')).toBe('fresh');
  });

  it.each(verbs.map(({ name }) => name))('shows what %s is, and what it really answers', (name) => {
    expect(replies.get(name)?.length).toBeGreaterThan(0);
    expect(stale(name)).toBe('fresh');
  });

  it('shows nothing else as if a test had written it', () => {
    const marked = [...readFileSync(page, 'utf8').matchAll(/^<!-- written: (\S+) -->$/gm)];
    expect(marked.map(([, name]) => name)).toEqual(['verbs', ...verbs.map(({ name }) => name)]);
  });
});

function stale(name: string): string {
  const text = readFileSync(page, 'utf8');
  return written(text, name) === text ? 'fresh' : 'stale: run WRITE_DOCS=1 npm test -- written-replies';
}

/** Writes the marked parts of the page anew, or one of them. */
function written(text: string, only?: string): string {
  const parts: readonly (readonly [string, string])[] = [
    ['verbs', verbTable()],
    ...verbs.map((spec) => [spec.name, verbPart(spec)] as const),
  ];
  return parts
    .filter(([name]) => only === undefined || name === only)
    .reduce((before, [name, part]) => {
      const [start, end] = [`<!-- written: ${name} -->\n`, '<!-- until here -->'];
      const from = before.indexOf(start) + start.length;
      const until = before.indexOf(end, from);
      if (from < start.length || until < from) throw new Error(`The page has no marks for ${name}.`);
      return `${before.slice(0, from)}\n${part}\n${before.slice(until)}`;
    }, text);
}

function verbTable(): string {
  const rows = verbs.map(({ usage, summary, name }) => {
    return `| [\`${usage.replaceAll('|', '\\|')}\`](#${name}) | ${summary} |`;
  });
  return ['| Type | You get |', '| --- | --- |', ...rows, ''].join('\n');
}

function verbPart({ name, usage, summary, example, kind, rights, changes, modal }: VerbSpec): string {
  const who = {
    everybody: 'For everyone.',
    read:
      kind === 'own'
        ? 'Your own for everyone, others with a rule.'
        : 'Needs a rule with this verb or `read`.',
    change: 'Needs a rule with this verb.',
  }[rights];
  const asked = changes ? ' You are shown what it would do, and nothing happens until you confirm.' : '';
  const window = modal ? ` What you leave out is asked for in the window _${modal.title}_.` : '';
  const shown = (replies.get(name) ?? []).flatMap(({ line, reply }) => [
    line.startsWith('Once ') ? line : `\`/workflow ${line}\`:`,
    '',
    '```',
    reply,
    '```',
    '',
  ]);
  return [
    `### \`${name}\``,
    '',
    `\`/workflow ${usage}\`, for example \`/workflow ${example}\``,
    '',
    `${summary} ${who}${asked}${window}`,
    '',
    ...shown,
  ].join('\n');
}

/** Remembers an answer for the page. */
function write(verb: Verb, line: string, message: SeenMessage): SeenMessage {
  replies.set(verb, [...(replies.get(verb) ?? []), { line, reply: plain(message) }]);
  return message;
}

interface Typed {
  readonly as?: Actor;
  readonly line: string;
  readonly shows: RegExp;
}

async function show(stage: Stage, typed: Typed): Promise<SeenMessage> {
  const [verb = ''] = typed.line.split(' ');
  const line = typed.line.replace(/<@(\w+)>/g, (_all, id) => `@${nameOf(id)}`);
  return write(verb as Verb, line, await ask(stage, typed));
}

/** Shows what is asked before a change, confirms it, and shows how it ended. */
async function change(stage: Stage, { ends, ...typed }: Typed & { readonly ends: RegExp }): Promise<void> {
  const [verb = ''] = typed.line.split(' ');
  const question = await show(stage, typed);
  await confirm(stage, typed.as ?? 'ana', question);
  write(verb as Verb, 'Once confirmed:', await becomes(stage, question, ends));
}

/** Codes that look like those of a real bot, the same in every run. */
function createCodes(): (length: number) => string {
  const letters = 'ACDEFHJKMNPRTVWXY34679';
  let count = 0;
  return (length) => {
    count += 1;
    let rest = count * 7919 * 6007;
    return Array.from({ length }, () => {
      const letter = letters[rest % letters.length] ?? '';
      rest = Math.floor(rest / letters.length) + 31 * count;
      return letter;
    }).join('');
  };
}

const stageOf = () => ({
  newCommandId: createCountedIds(),
  newCode: createCodes(),
  operators: ['ana'] as const,
});

async function codeOf(stage: Stage, id: string): Promise<string> {
  const said = textOf(await ask(stage, { line: `status ${id}`, shows: /reference/ }));
  return /`([A-Z0-9]{4})` · /.exec(said)?.[1] ?? id;
}

/** Shows the window in which a requester cancels, confirms it, and shows how it ended. */
async function playCancel(): Promise<void> {
  const stage = await openStage('socket', { ...stageOf(), operators: ['sam'] });
  grantManage(stage);
  await askForCertificate(stage);
  await stage.observe();
  const code = /· ([A-Z0-9]{4})/.exec(textOf(theCard(stage)))?.[1] ?? '';
  await type(stage, 'sam', `cancel ${code}`);
  const as = personas.sam.id;
  const window = await stage.slack.waitFor(() =>
    stage.slack.views(as).find(({ view }) => JSON.stringify(view).includes('cannot be undone')),
  );
  await stage.slack.submitView({ as, viewId: window.id, values: {} });
  const done = await privateWord(stage, 'sam', /Canceled/);
  const { blocks } = window.view;
  write('cancel', `cancel ${code}`, { ...done, blocks: Array.isArray(blocks) ? blocks : [] });
  write('cancel', 'Once confirmed:', done);
  await stage.close();
}

async function playCommand(): Promise<void> {
  const stage = await openStage('socket', {
    ...stageOf(),
    quorum: 2,
    receipts: 'all',
    alerts: {},
    delegates: ['bo'],
  });
  grantManage(stage);
  await stage.observe();
  const failed = await askForCertificate(stage, { host: 'web7.keyexample.com' });
  const stopped = await askForCertificate(stage, { host: 'old.keyexample.com' });
  stage.command.failInstance(failed, 'The CA CorpIssuingCA1 could not be reached.');
  stage.command.stopInstance(stopped, personas.li.identity);
  const waiting = await askForCertificate(stage);
  await stage.observe();
  await approve(stage, 'li', theCard(stage), 'as agreed');
  await cardSaying(stage, /1 of 2/);
  const code = await codeOf(stage, waiting);
  await show(stage, { line: 'help', shows: /help/ });
  await show(stage, { line: 'help restart', shows: /first step/ });
  await show(stage, { line: `status ${code}`, shows: /reference/ });
  await show(stage, { line: 'list failed web', shows: /web7/ });
  await show(stage, { line: 'definitions web', shows: /Web server/ });
  await show(stage, { line: 'last "Web server enrollment"', shows: /reference/ });
  await show(stage, { line: `why ${code}`, shows: /Who decides|may decide/ });
  await show(stage, { line: 'approvals', shows: /Waiting for your decision/ });
  await show(stage, { as: 'sam', line: 'mine', shows: /app\.keyexample/ });
  await show(stage, { as: 'sam', line: `nudge ${code}`, shows: /gets a reminder/ });
  await show(stage, { line: 'whoami', shows: /You are/ });
  await show(stage, { line: 'doctor', shows: /last successful poll/ });
  await show(stage, { line: 'shadow 7d', shows: /Would have posted/ });
  await show(stage, { line: 'simulate', shows: /name no candidate/ });
  await approve(stage, 'ana', theCard(stage), 'fine by me');
  await cardSaying(stage, /Approved by/);
  await stage.bot().deliver();
  const receipt = await stage.slack.waitFor(() =>
    stage.slack.messages(stage.slack.im(personas.ana.id).id).find((one) => /receipt/.test(textOf(one))),
  );
  const receiptCode = /receipt ([A-Z0-9]+)/.exec(textOf(receipt))?.[1] ?? '';
  await show(stage, { line: 'report 7d', shows: /Time to decision/ });
  await show(stage, { line: `receipt ${receiptCode}`, shows: /What they saw/ });
  await show(stage, { line: 'away until Friday to <@U0BO>', shows: /You are away through/ });
  await show(stage, { line: 'back', shows: /Welcome back/ });
  await show(stage, { line: `history ${code}`, shows: /In the ledger/ });
  await show(stage, { line: `evidence ${code}`, shows: /countersign evidence/ });
  const doubtful = await askForCertificate(stage, { host: 'new.keyexample.com' });
  await change(stage, {
    line: `stop ${await codeOf(stage, doubtful)}`,
    shows: /Stop this/,
    ends: /Stopped/,
  });
  await change(stage, {
    line: `restart ${await codeOf(stage, failed)}`,
    shows: /Restart this/,
    ends: /Restarted|accepted it/,
  });
  await clickAction(stage as never, 'ana', receipt, 'receipt.disown');
  await privateWord(stage, 'ana', /Your rights in Countersign are suspended/);
  await stage.restart({ ...stageOf(), operators: ['li'] });
  await show(stage, {
    as: 'li',
    line: `restore <@${personas.ana.id}>`,
    shows: /The rights of .* are restored/,
  });
  await stage.close();
}

async function playWorkTasks(): Promise<void> {
  const stage = await openStage('socket', { ...stageOf(), withWorkTasks: true });
  await change(stage, { line: 'execute "Leave request" Days=3', shows: /Start this/, ends: /Started/ });
  const [{ id = 0 } = {}] = stage.workTasks.executions();
  const run = { repository: 'Plant', id };
  await stage.workTasks.waitFor(() => stage.workTasks.sleepingAt(run) !== undefined);
  const ref = `"Leave WF#${id}"`;
  await show(stage, { line: `variable ${ref} Days`, shows: /3/ });
  await change(stage, { line: `pause ${ref}`, shows: /Pause this/, ends: /Paused/ });
  await change(stage, { line: `resume ${ref}`, shows: /Resume this/, ends: /Resumed/ });
  const activity = stage.workTasks.sleepingAt(run)?.executionDetailsId;
  await change(stage, {
    line: `alert ${ref} ${activity} Approved`,
    shows: /Answer this/,
    ends: /Answered/,
  });
  await show(stage, { line: `output ${ref} "Manager approval"`, shows: /Approved/ });
  const other = stage.workTasks.startExecution({
    ...{ repository: 'Plant', workflow: 'Leave WF' },
    user: 'activedirectory::aruiz',
  });
  await show(stage, { line: 'last "Leave request"', shows: /execution/ });
  await change(stage, { line: `abort "Leave WF#${other.id}"`, shows: /Abort this/, ends: /Aborted/ });
  await stage.close();
}

async function playLinks(): Promise<void> {
  const stage = await openPersonStage('socket', stageOf());
  await show(stage, { line: 'link', shows: /ten minutes/ });
  await linkByCommand(stage, 'ana');
  await show(stage, { line: 'unlink', shows: /link/i });
  await stage.close();
}

function nameOf(id: string): string {
  return Object.values(personas).find((one) => one.id === id)?.name ?? id;
}

/** Reads a message as a person does: without markup, times in UTC, buttons in brackets. */
function plain({ blocks, text }: SeenMessage): string {
  const lines = (blocks.length > 0 ? blocks : [{ type: 'section', text: { text } }]).flatMap(linesOf);
  return lines
    .join('\n')
    .replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')
    .replace(/<@(\w+)>/g, (_all, id) => `@${nameOf(id)}`)
    .replace(
      /<#(\w+)[^>]*>/g,
      (_all, id) => `#${Object.entries(places).find(([, one]) => one === id)?.[0] ?? id}`,
    )
    .replace(/<https?:[^|>]*\|([^>]*)>/g, '$1')
    .replace(/(^|[\s(“])[*_]([^*_\n]+)[*_](?=[\s.,:;!?)”]|$)/gm, '$1$2')
    .replace(/(SHA256:|signing request `*)[\w+/=-]{43}/g, '$1…')
    .replaceAll('`', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

interface Block {
  readonly type?: string;
  readonly text?: string | { readonly text?: string };
  readonly elements?: readonly Block[];
  readonly fields?: readonly Block[];
  readonly accessory?: Block;
  readonly placeholder?: { readonly text?: string };
}

function linesOf(block: Block): readonly string[] {
  const own = typeof block.text === 'string' ? block.text : block.text?.text;
  if (block.type?.startsWith('rich_text')) return (block.elements ?? []).flatMap(linesOf);
  if (block.type === 'button') return [`[${own}]`];
  if (block.type === 'actions') return [(block.elements ?? []).flatMap(linesOf).join(' ')];
  if (block.type === 'context') return [(block.elements ?? []).flatMap(linesOf).join(' ')];
  const inner = [...(block.fields ?? []), ...(block.accessory ? [block.accessory] : [])].flatMap(linesOf);
  return [...(own === undefined ? [] : [own]), ...inner];
}
