import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createKeyfactorCommand,
  type KeyfactorCommand,
} from '../../src/simulators/keyfactor/keyfactor-command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../../src/simulators/slack/slack-workspace.js';
import { buttonsOf, textOf } from '../support/stage/cards.js';
import { cast, furnishCommand, furnishSlack, places } from '../support/stage/cast.js';
import { certificateRequest } from '../support/stage/enrolments.js';
import { stageEnvironment, stageYaml } from '../support/stage/stage-settings.js';

const program = new URL('../../dist/main.js', import.meta.url).pathname;

/** The real program in a process of its own, between simulators, on the real clock. */
interface House {
  readonly slack: SlackWorkspace;
  readonly command: KeyfactorCommand;
  start(): void;
  /** Ends the program as a power cut would. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

async function openHouse(): Promise<House> {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run npm run build first');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-killed-'));
  const slack = createSlackWorkspace();
  const command = createKeyfactorCommand();
  const { slackApiUrl } = await slack.start();
  const { url: commandUrl, tokenUrl } = await command.start();
  furnishSlack(slack);
  furnishCommand(command);
  const at = { slackApiUrl, commandUrl, tokenUrl };
  const rules = { approveWith: 'one-click', signalTimeout: '1s', timeout: '1s', observeEvery: '1s' } as const;
  const config = join(folder, 'countersign.yml');
  writeFileSync(
    config,
    stageYaml(rules, { ...at, transport: 'socket', store: join(folder, 'countersign.db') }),
  );
  const { SLACK_SIGNING_SECRET: _http, ...env } = stageEnvironment(slack, at);
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    slack,
    command,
    start() {
      child = spawn(process.execPath, [program, 'start', '--config', config], {
        env: { PATH: process.env.PATH, ...env },
        stdio: 'ignore',
      });
    },
    kill,
    async close() {
      await kill();
      await Promise.all([slack.stop(), command.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe('a bot that is killed', () => {
  let house: House | undefined;
  afterEach(async () => {
    await house?.close();
    house = undefined;
  });

  async function approvedCard(open: House) {
    const id = open.command.startInstance(await certificateRequest());
    open.start();
    const card = await open.slack.waitFor(
      () => open.slack.messages(places.pki).find((one) => buttonsOf(one).includes('Approve')),
      { timeoutMs: 15_000, whatFor: 'the card' },
    );
    return { id, card };
  }

  const says = (open: House, words: RegExp) =>
    open.slack.waitFor(() => open.slack.messages(places.pki).find((one) => words.test(textOf(one))), {
      timeoutMs: 25_000,
      whatFor: `a card saying ${words}`,
    });

  it('between the click and the signal signals once after it is started again', async () => {
    house = await openHouse();
    const { id, card } = await approvedCard(house);
    house.command.fail({
      method: 'GET',
      path: `/Workflow/Instances/${id}`,
      fault: 'hang-before-effect',
      times: 50,
    });
    const { acked } = await house.slack.press({
      as: cast.ana.id,
      channel: card.channel,
      ts: card.ts,
      actionId: 'approval.approve',
    });
    expect(acked).toBe(true);
    await says(house, /Ana Ruiz approved/);
    await house.kill();
    house.command.clearFaults();
    expect(house.command.effectiveSignals).toHaveLength(0);
    house.start();
    await says(house, /Approved by Ana Ruiz/);
    expect(house.command.effectiveSignals).toHaveLength(1);
    expect(house.slack.messages(places.pki)).toHaveLength(1);
  });

  it('after the signal and before its answer never signals again, and claims no more than it can see', async () => {
    house = await openHouse();
    const { card } = await approvedCard(house);
    const { command } = house;
    command.fail({ method: 'POST', path: '/Signals', fault: 'hang-after-effect' });
    await house.slack.press({
      as: cast.ana.id,
      channel: card.channel,
      ts: card.ts,
      actionId: 'approval.approve',
    });
    await command.waitFor(() => command.effectiveSignals.length === 1);
    await house.kill();
    house.start();
    const settled = await says(house, /was sent/);
    expect(textOf(settled)).not.toContain('Approved by');
    expect(
      command.requests.filter(({ method, path }) => method === 'POST' && path.includes('Signals')),
    ).toHaveLength(1);
  });
});
