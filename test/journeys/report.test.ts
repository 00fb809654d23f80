import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ReportCommand, report } from '../../src/cli/report.js';
import type { SeenMessage } from '../../src/sandbox/slack/interactions.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { openAlertStage } from '../support/stage/alerts.js';
import { approve, cardSaying, click, deny, privateWord, textOf } from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { openReplicas } from '../support/stage/open-replicas.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { places } from '../support/stage/personas.js';
import { type StageRules, stageEnvironment, stageYaml } from '../support/stage/stage-settings.js';

const minute = 60_000;

const hour = 60 * minute;

const day = 24 * hour;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-report-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const weekly = { channel: places.alerts, day: 'mon', time: '08:00', zone: 'UTC' } as const;

/** Lists the reports in their channel. */
function reportsIn({ slack }: Pick<Stage, 'slack'>): readonly SeenMessage[] {
  return slack.messages(places.alerts).filter((one) => one.isFromApp && /Report/.test(textOf(one)));
}

/** Asks for a certificate, and waits so long before somebody decides. */
async function decideAfter(
  stage: Stage,
  host: string,
  waitMs: number,
  decide: (stage: Stage, card: SeenMessage) => Promise<unknown>,
): Promise<void> {
  await askForCertificate(stage, { host });
  await stage.observe();
  await stage.observeAfter(waitMs);
  const named = new RegExp(host.replaceAll('.', '\\.'), 's');
  await decide(stage, await cardSaying(stage, named));
  await stage.observe();
  await cardSaying(
    stage,
    new RegExp(`(Approved|Denied) by.*${named.source}|${named.source}.*(Approved|Denied) by`, 's'),
  );
}

/** Plays on the Thursday on which stories begin; a report is due first on the Monday after, the 19th. */
async function decideSome(stage: Stage): Promise<void> {
  await decideAfter(stage, 'a.keyexample.com', 10 * minute, (on, card) => approve(on, 'ana', card, 'fine'));
  await decideAfter(stage, 'b.keyexample.com', 30 * minute, (on, card) => approve(on, 'li', card, 'fine'));
  await decideAfter(stage, 'c.keyexample.com', 3 * hour, (on, card) =>
    deny(on, 'ana', card, 'no longer used'),
  );
}

function commandOn(stage: Stage, rules: StageRules, name: string): Omit<ReportCommand, 'format' | 'out'> {
  const file = join(folder, `${name}.yml`);
  const urls = { slackApiUrl: 'https://slack.com/api/', commandUrl: 'http://127.0.0.1:1', tokenUrl: '' };
  writeFileSync(file, stageYaml(rules, { ...urls, transport: 'socket', store: stage.storeFile }));
  const { SLACK_SIGNING_SECRET: _unused, ...env } = stageEnvironment(stage.slack, urls);
  // The stories are of January 2026.
  return { file, env, since: '2026-01-05' };
}

async function written(command: Omit<ReportCommand, 'format' | 'out'>, format: string): Promise<string> {
  const out = join(folder, `${Math.random().toString(36).slice(2)}.${format}`);
  expect(await report({ ...command, format, out })).toBe(0);
  return readFileSync(out, 'utf8');
}

describe.each(transports)('the report over %s', (transport) => {
  it('gives an operator the numbers somebody counts by hand, with two charts and a table', async () => {
    const rules: StageRules = {
      operators: ['ana'],
      undecided: { remind: ['2h'], escalate: { after: '2h', to: [places.alerts] } },
      report: weekly,
    };
    const stage = await openStage(transport, rules);
    await decideSome(stage);
    await askForCertificate(stage, { host: 'own.keyexample.com' });
    await stage.observe();
    const card = await cardSaying(stage, /Approval needed.*own\.keyexample/s);
    await click(stage, 'sam', card, 'approve');
    await privateWord(stage, 'sam', /your own|you requested/i);
    await type(stage, 'ana', 'report 7d');
    const said = await privateWord(stage, 'ana', /Time to decision/);
    const types = said.blocks.map((block) => block.type);
    expect(types).toEqual([
      'section',
      'data_visualization',
      'data_visualization',
      'data_table',
      'section',
      'context',
    ]);
    const text = textOf(said);
    expect(text).toMatch(/\*Decided\*? 3: 2 approved, 1 denied/);
    // Of 10, 30 and 180 minutes.
    expect(text).toContain('median 30 min, 90% within 3 h (of 3)');
    expect(text).toMatch(/Decided or ended late\*? 1 of 3/);
    expect(text).toMatch(/Refused clicks\*? 1: /);
    expect(text).toMatch(/Reminders sent\*? 3: reminder 2, escalation 1/);
    expect(text).toMatch(/Findings\*? 0/);
    expect(text).not.toMatch(/Ana Ruiz|Li Wei|<@/);
    const table = said.blocks.find((block) => block.type === 'data_table');
    const cells = JSON.stringify(table);
    expect(cells).toContain('{"type":"raw_number","value":30,"text":"30 min"}');
    expect(said.text).toMatch(/PKI Approvers: 2 approved, 1 denied, 1 late, median 30 min/);
    await stage.close();
  });

  it('posts the week once, on its day and at its time, through restarts', async () => {
    const stage = await openStage(transport, { report: weekly });
    await decideSome(stage);
    // The Monday after, just before the time.
    await stage.observeAfter(Date.UTC(2026, 0, 19, 8) - minute - stage.clock.now());
    expect(reportsIn(stage)).toEqual([]);
    await stage.observeAfter(minute);
    const posted = textOf(await cardSaying(stage, /Report/, places.alerts));
    expect(posted).toMatch(/2026-01-12 to 2026-01-18 \(UTC\)/);
    expect(posted).toMatch(/Counting started .*earlier activity is not included/);
    await stage.restart();
    await stage.observe();
    await stage.observeAfter(hour);
    expect(reportsIn(stage)).toHaveLength(1);
    await stage.observeAfter(7 * day);
    expect(reportsIn(stage).map((one) => /to 2026-01-(18|25)/.exec(textOf(one))?.[1])).toEqual(['18', '25']);
    expect(stage.log.errors()).toEqual([]);
    await stage.close();
  });

  it('is sent as text where the workspace takes no charts, which is tried once', async () => {
    const rules: StageRules = {
      operators: ['ana'],
      report: weekly,
      missingBlocks: ['data_visualization', 'data_table'],
    };
    const stage = await openStage(transport, rules);
    await decideSome(stage);
    await stage.observeAfter(Date.UTC(2026, 0, 19, 8) - stage.clock.now());
    const posted = await cardSaying(stage, /Decided\*? 3: 2 approved, 1 denied/, places.alerts);
    expect(posted.blocks.map((block) => block.type)).toEqual(['section']);
    expect(textOf(posted)).toMatch(/By rule.*PKI Approvers: 2 approved, 1 denied, median 30 min/s);
    const calls = () =>
      stage.slack.calls.filter(({ args }) => JSON.stringify(args).includes('data_visualization')).length;
    expect(calls()).toBe(1);
    await type(stage, 'ana', 'report 30d');
    await privateWord(stage, 'ana', /Decided\*? 3: 2 approved, 1 denied/);
    expect(calls()).toBe(1);
    await stage.close();
  });

  it('posts nothing in shadow mode, and counts what was decided elsewhere', async () => {
    const stage = await openStage(transport, { isShadow: true, operators: ['ana'], report: weekly });
    const run = await askForCertificate(stage);
    await stage.observe();
    await stage.command.decideInPortal(run, 'KEYEXAMPLE\\portal-pat', true);
    await stage.observeAfter(8 * day);
    await stage.observeAfter(8 * day);
    expect(reportsIn(stage)).toEqual([]);
    await type(stage, 'ana', 'report 30d');
    await privateWord(stage, 'ana', /1 ended without a decision here/);
    await stage.close();
  });

  it('counts alerts and how long it took until every run was back', async () => {
    const stage = await openAlertStage(transport, { report: weekly });
    const [run = ''] = stage.fail();
    await stage.observeAfter(minute);
    stage.mend();
    stage.clock.advance(29 * minute);
    stage.command.restartInstance(run, 'KEYEXAMPLE\\portal-pat');
    for (const _poll of [1, 2, 3]) await stage.observeAfter(minute);
    await type(stage, 'ana', 'report 7d');
    const said = textOf(await privateWord(stage, 'ana', /Failures/));
    expect(said).toMatch(
      /Failures\*? 1 alert, 1 recovered, 0 without further failures; time to recovery: median 31 min/,
    );
    await stage.close();
  });

  it('is written for slides and spreadsheets, with people only where the settings want them', async () => {
    const rules: StageRules = { operators: ['ana'], report: weekly };
    const stage = await openStage(transport, rules);
    await decideSome(stage);
    const quiet = commandOn(stage, rules, `quiet-${transport}`);
    const naming = commandOn(stage, { ...rules, report: { ...weekly, people: true } }, `naming-${transport}`);
    const csv = await written(quiet, 'csv');
    expect(csv).toContain('"total","","","2","1","0","0","0","0","3","1800","10800"\r\n');
    expect(csv).toContain('"rule","PKI Approvers","","2","1","0","0","0","0","3","1800","10800"\r\n');
    const json = JSON.parse(await written(quiet, 'json'));
    expect(json.total).toMatchObject({ approved: 2, denied: 1, times: { medianMs: 30 * minute } });
    const text = await written(quiet, 'text');
    expect(text).toContain('Decided: 3: 2 approved, 1 denied');
    const svg = await written(quiet, 'svg');
    expect(svg).toMatch(/^<svg [^>]*>.*PKI Approvers.*<\/svg>\s*$/s);
    for (const one of [csv, JSON.stringify(json), text, svg])
      expect(one).not.toMatch(/Ana Ruiz|Li Wei|U0ANA/);
    const named = await written(naming, 'csv');
    expect(named).toContain('"person","Ana Ruiz","2"');
    expect(named).toContain('"person","Li Wei","1"');
    expect(await report({ ...quiet, format: 'pdf', out: undefined })).toBe(2);
    expect(await report({ ...quiet, since: '30 days', format: 'csv', out: undefined })).toBe(2);
    await stage.close();
  });
});

describePostgres('the report of two bots on one database', (server) => {
  it('is posted once, however many replicas see that it is due', async () => {
    const replicas = await openReplicas(server(), { report: weekly });
    await replicas.observe();
    replicas.clock.advance(Date.UTC(2026, 0, 19, 8) - replicas.clock.now());
    for (const round of [1, 2]) {
      await Promise.all([replicas.one.observe(), replicas.two.observe()]);
      await Promise.all([replicas.one.deliver(), replicas.two.deliver()]);
      expect([round, reportsIn(replicas).length]).toEqual([round, 1]);
    }
    await replicas.close();
  });
});
