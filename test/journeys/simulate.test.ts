import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { simulate } from '../../src/cli/simulate.js';
import { createKeyfactorCommand } from '../../src/sandbox/keyfactor/command.js';
import { createSlackWorkspace } from '../../src/sandbox/slack/workspace.js';
import { openStore } from '../../src/stores/index.js';
import { privateWord, textOf } from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate, certificateRequest } from '../support/stage/enrollments.js';
import { openStage, type Stage, type Transport, transports } from '../support/stage/open-stage.js';
import { seedCommand, serviceAccount } from '../support/stage/personas.js';
import { type StageRules, stageEnvironment, stageYaml } from '../support/stage/stage-settings.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-simulate-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const rules = { quorum: 2, operators: ['ana'] } as const;

/** Writes the settings a story compares, as an operator would. */
function write(stage: Stage, name: string, what: StageRules, transport: Transport = 'socket'): string {
  const file = join(folder, `${name}.yml`);
  const urls = {
    slackApiUrl: 'https://slack.com/api/',
    commandUrl: 'http://127.0.0.1:1',
    tokenUrl: 'http://127.0.0.1:1',
  };
  writeFileSync(file, stageYaml(what, { ...urls, transport, store: stage.storeFile }));
  return file;
}

function commandOn(stage: Stage, current: string, file: string) {
  const { SLACK_SIGNING_SECRET: _unused, ...env } = stageEnvironment(stage.slack, {
    slackApiUrl: 'https://slack.com/api/',
    commandUrl: '',
    tokenUrl: '',
  });
  return { file, current, env, since: '30d', isFromServer: false, isJson: false };
}

describe.each(transports)('simulating other settings over %s', (transport) => {
  it('finds a rule that would have weakened a quorum, for an operator and for CI, and writes nothing', async () => {
    const candidate = join(folder, `candidate-${transport}.yml`);
    const stage = await openStage(transport, { ...rules, candidate });
    write(stage, `candidate-${transport}`, { ...rules, quorum: 1 }, transport);
    const weaker = write(stage, `weaker-${transport}`, { ...rules, quorum: 1 });
    const current = write(stage, `current-${transport}`, rules);
    await askForCertificate(stage);
    await askForCertificate(stage, { host: 'other.keyexample.com' });
    await stage.observe();
    await type(stage, 'ana', 'simulate');
    const said = textOf(await privateWord(stage, 'ana', /2 of 2 requests/));
    expect(said).toMatch(/⚠️ Approvals needed: `2` → `1` · PKI Approvers · 2 \(`K\d+`, `K\d+`\)/);

    const hash = () => createHash('sha256').update(readFileSync(stage.storeFile)).digest('hex');
    const before = hash();
    // The stories are of January 2026; thirty days before today they are long over.
    const since = '2026-01-01';
    expect(await simulate({ ...commandOn(stage, current, weaker), since })).toBe(3);
    expect(await simulate({ ...commandOn(stage, current, write(stage, 'same', rules)), since })).toBe(0);
    expect(await simulate({ ...commandOn(stage, current, join(folder, 'none.yml')), since })).toBe(2);
    expect(hash()).toBe(before);
    await stage.close();
  });
});

it('judges what waits on a server as well, with an account that may only read, and sends it nothing', async () => {
  const command = createKeyfactorCommand();
  const { url: commandUrl, tokenUrl } = await command.start();
  seedCommand(command);
  command.addIdentity({ ...serviceAccount, roles: [] });
  command.startInstance(await certificateRequest());
  const slack = createSlackWorkspace();
  const urls = { slackApiUrl: 'https://slack.com/api/', commandUrl, tokenUrl };
  const store = join(folder, 'from-server.db');
  await (await openStore(store)).close();
  const write = (name: string, what: StageRules) => {
    const file = join(folder, `${name}.yml`);
    writeFileSync(file, stageYaml(what, { ...urls, transport: 'socket', store }));
    return file;
  };
  const { SLACK_SIGNING_SECRET: _unused, ...env } = stageEnvironment(slack, urls);
  const wanted = { since: '30d', isFromServer: true, isJson: true };
  const current = write('server-current', { quorum: 2 });
  expect(await simulate({ file: write('server-new', { quorum: 1 }), current, env, ...wanted })).toBe(3);
  expect(command.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  await command.stop();
  // Nothing can be promised of a server that is away.
  expect(await simulate({ file: write('server-same', { quorum: 2 }), current, env, ...wanted })).toBe(2);
});
