import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createKeyfactorCommand,
  type KeyfactorCommand,
} from '../../src/simulators/keyfactor/keyfactor-command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../../src/simulators/slack/slack-workspace.js';
import { buttonsOf, textOf } from '../support/stage/cards.js';
import { cast, furnishCommand, furnishSlack, places } from '../support/stage/cast.js';
import { certificateRequest } from '../support/stage/enrolments.js';
import { type Transport, transports } from '../support/stage/open-stage.js';
import { stageEnvironment, stageYaml } from '../support/stage/stage-settings.js';

const program = new URL('../../dist/main.js', import.meta.url).pathname;

/** The real program in a process of its own, between simulators, on the real clock. */
interface House {
  readonly slack: SlackWorkspace;
  readonly command: KeyfactorCommand;
  /** Resolves once Slack can reach it. */
  start(): Promise<void>;
  /** Ends the program as a power cut would. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

async function openHouse(transport: Transport): Promise<House> {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run npm run build first');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-killed-'));
  const slack = createSlackWorkspace();
  const command = createKeyfactorCommand();
  const { slackApiUrl } = await slack.start();
  const { url: commandUrl, tokenUrl } = await command.start();
  furnishSlack(slack);
  furnishCommand(command);
  const httpPort = await freePort();
  const at = { slackApiUrl, commandUrl, tokenUrl };
  const rules = { approveWith: 'one-click', signalTimeout: '1s', timeout: '1s', observeEvery: '1s' } as const;
  const config = join(folder, 'countersign.yml');
  writeFileSync(
    config,
    stageYaml(rules, { ...at, transport, httpPort, store: join(folder, 'countersign.db') }),
  );
  const { SLACK_SIGNING_SECRET: signing, SLACK_APP_TOKEN: app, ...rest } = stageEnvironment(slack, at);
  const env = {
    ...rest,
    ...(transport === 'http' ? { SLACK_SIGNING_SECRET: signing } : { SLACK_APP_TOKEN: app }),
  };
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
    async start() {
      child = spawn(process.execPath, [program, 'start', '--config', config], {
        env: { PATH: process.env.PATH, ...env },
        stdio: 'ignore',
      });
      if (transport === 'http') await letSlackIn(slack, `http://127.0.0.1:${httpPort}/slack/events`);
    },
    kill,
    async close() {
      await kill();
      await Promise.all([slack.stop(), command.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Finds a port nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Tells Slack where the program listens, as soon as it does. */
async function letSlackIn(slack: SlackWorkspace, url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await slack.setRequestUrl(url);
    } catch (error) {
      if (tries > 100) throw error;
      await pause(100);
    }
  }
}

describe.each(transports)('a bot that is killed, over %s', (transport) => {
  let house: House | undefined;
  afterEach(async () => {
    await house?.close();
    house = undefined;
  });

  async function approvedCard(open: House) {
    const id = open.command.startInstance(await certificateRequest());
    await open.start();
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
    house = await openHouse(transport);
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
    await house.start();
    await says(house, /Approved by Ana Ruiz/);
    expect(house.command.effectiveSignals).toHaveLength(1);
    expect(house.slack.messages(places.pki)).toHaveLength(1);
  });

  it('after the signal and before its answer never signals again, and claims no more than it can see', async () => {
    house = await openHouse(transport);
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
    await house.start();
    const settled = await says(house, /was sent/);
    expect(textOf(settled)).not.toContain('Approved by');
    expect(
      command.requests.filter(({ method, path }) => method === 'POST' && path.includes('Signals')),
    ).toHaveLength(1);
  });
});
