import { copyFileSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createSecretBox, createSignerFinder } from '../../src/crypto.js';
import { boundToLink } from '../../src/domain/link.js';
import type { Store } from '../../src/ports/store.js';
import { openPlace, openStore } from '../../src/stores/index.js';
import { verifyLedger } from '../../src/use-cases/ledger/verify.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import type { PostgresServer } from '../support/postgres/start-postgres.js';
import { click, textOf } from '../support/stage/cards.js';
import { createCountedIds } from '../support/stage/counted-ids.js';
import { openStage } from '../support/stage/open-stage.js';
import { type Everything, type Names, readEverything } from './fixture/read-everything.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

/** A copy of a fixture store, which may be written to. */
interface Copy {
  readonly place: string;
  readonly options: { readonly password?: string };
}

/** What a fixture store is known to hold, and how far the chains of its ledger are in order. */
interface Expected {
  readonly names: Names;
  readonly read: Everything;
  readonly verdicts: readonly unknown[];
}

interface FixtureSettings {
  readonly ledgerKey: string;
  readonly tokenKey: string;
  readonly readAtMs: number;
  readonly scenes: Readonly<Record<'sqlite' | 'postgres', { readonly endedAtMs: number }>>;
  readonly waiting: { readonly id: string; readonly card: { readonly channel: string; readonly ts: string } };
}

const pathOf = (file: string) => new URL(`../fixtures/store-9cc6796/${file}`, import.meta.url).pathname;
const textIn = (file: string) => readFileSync(pathOf(file), 'utf8');
const settings: FixtureSettings = JSON.parse(textIn('settings.json'));

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

describe('the SQLite files of 9cc6796', () => holds('sqlite', copyFile));
describePostgres('the PostgreSQL databases of 9cc6796', (server) =>
  holds('postgres', (name) => loadDump(name, server())),
);

/** What must be so of the stores of 9cc6796 in every version that comes after it. */
function holds(engine: 'sqlite' | 'postgres', copyOf: (name: string) => Promise<Copy>): void {
  it.each([
    ['scenes', `scenes.${engine}.expected.json`],
    ['bodies', 'bodies.expected.json'],
  ])('are read to the last body: %s', async (name, file) => {
    const { names, read }: Expected = JSON.parse(textIn(file));
    const copy = await copyOf(name);
    const store = await openStore(copy.place, copy.options);
    const requested = { names, nowMs: settings.readAtMs, makeAllDue: () => makeAllDue(copy) };
    expect(await readEverything(store, requested)).toEqual(read);
    await store.close();
  });

  it.each([
    ['scenes', `scenes.${engine}.expected.json`],
    ['bodies', 'bodies.expected.json'],
  ])('hold a ledger that is proven by its key, and by no other: %s', async (name, file) => {
    const { verdicts }: Expected = JSON.parse(textIn(file));
    const { place, options } = await copyOf(name);
    const store = await openStore(place, options);
    expect(await verify(store, settings.ledgerKey)).toEqual(verdicts);
    expect(await verify(store, settings.tokenKey)).toContainEqual(
      expect.objectContaining({ system: 'corp', what: 'unknown-key' }),
    );
    await store.close();
  });

  it('hold the account Ana linked, locked by the key of then', async () => {
    const { place, options } = await copyOf('scenes');
    const store = await openStore(place, options);
    const link = await store.findLink('corp', { teamId: 'T0SIMULATED', userId: 'U0ANA' });
    const secretBox = createSecretBox({ key: Buffer.from(settings.tokenKey, 'hex'), previousKeys: [] });
    expect(link && secretBox.unlock(link.token, boundToLink(link))).toEqual(expect.stringMatching(/.{8,}/));
    await store.close();
  });

  it('are written back as they stood', async () => {
    const { names }: Expected = JSON.parse(textIn('bodies.expected.json'));
    const copy = await copyOf('bodies');
    const before = await bodiesIn(copy);
    const store = await openStore(copy.place, copy.options);
    await saveAgain(store, names);
    await store.close();
    expect(await bodiesIn(copy)).toEqual(before);
  });

  it('are taken up: a card that waits is decided by a click', async () => {
    const rules = { approveWith: 'one-click', operators: ['ana'], ledgerKey: settings.ledgerKey } as const;
    let { place, options }: Copy = { place: folder.newFile(), options: {} };
    const stage = await openStage('socket', {
      ...rules,
      newCommandId: createCountedIds(),
      openStore: () => openStore(place, options),
    });
    // A store that knows nothing posts the card that the fixture knows of, so that Slack has it as well.
    const id = stage.command.startInstance(JSON.parse(textIn('waiting-request.json')));
    await stage.observe();
    const { channel, ts } = settings.waiting.card;
    const card = () => stage.slack.message(channel, ts) ?? notThere();
    expect(id).toBe(settings.waiting.id);
    ({ place, options } = await copyOf('scenes'));
    await stage.restart(rules, () =>
      stage.clock.advance(settings.scenes[engine].endedAtMs - stage.clock.now()),
    );
    await stage.observe();
    expect(stage.command.instance(id).status).toBe('Suspended');
    // Its buttons are those that 9cc6796 posted.
    const blocks = JSON.parse(textIn('waiting-card.json'))[engine];
    await click(stage, 'ana', { ...card(), blocks }, 'approve');
    await stage.command.waitFor(() => stage.command.instance(id).status === 'Complete');
    // The cards of everything else the fixture holds are edited as well, at the pace Slack allows.
    for (let polls = 0; polls < 6; polls += 1) await stage.observeAfter(15_000);
    expect(textOf(card())).toMatch(/Approved by Ana Ruiz/);
    await stage.close();
  });
}

async function copyFile(name: string): Promise<Copy> {
  const place = folder.newFile();
  copyFileSync(pathOf(`${name}.sqlite`), place);
  return { place, options: {} };
}

async function loadDump(name: string, server: PostgresServer): Promise<Copy> {
  const place = await server.newDatabase();
  await server.run(place, textIn(`${name}.postgres.sql`));
  return { place, options: { password: server.password } };
}

async function makeAllDue({ place, options }: Copy): Promise<void> {
  const { db, close } = await openPlace(place, options);
  await sql`update deliveries set status = 'pending', due_at_ms = 0`.execute(db);
  await close();
}

function verify(store: Store, key: string) {
  const signerOf = createSignerFinder([Buffer.from(key, 'hex')]);
  return verifyLedger(store, { signerOf, hasKey: true, anchors: [] });
}

/** Saves everything again that can be saved again, with nothing changed but the version. */
async function saveAgain(store: Store, names: Names): Promise<void> {
  const { readAtMs: nowMs } = settings;
  for (const id of names.approvals) {
    const approval = await store.findApproval(id);
    if (approval) await store.saveApproval(approval, 0, nowMs);
    const votes = await store.listVotes(id);
    await store.removeVotes(id);
    for (const vote of votes) await store.addVote(id, vote);
  }
  for (const id of names.signals) {
    const signal = await store.findSignal(id);
    if (signal) await store.saveSignal(signal);
  }
  for (const id of names.changes) {
    const record = await store.findChange(id);
    if (record) await store.saveChange(record, record.phase);
  }
  for (const id of names.incidents) {
    const incident = await store.findIncident(id);
    if (incident) await store.saveIncident(incident, nowMs);
    for (const failure of await store.listFailures(id)) await store.putFailure(failure);
  }
  for (const key of names.incidentKeys) {
    const mute = await store.findMute(key);
    if (mute) await store.putMute(mute);
  }
  for (const id of names.people) {
    const person = await store.recallPerson(id);
    if (person) await store.rememberPerson(person, nowMs);
  }
}

/** Reads the bodies that `saveAgain` writes, as they stand; only the version may change. */
async function bodiesIn({ place, options }: Copy): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { db, close } = await openPlace(place, options);
  const bodies: Record<string, readonly unknown[]> = {};
  for (const table of [
    'approvals',
    'votes',
    'signals',
    'changes',
    'incidents',
    'failures',
    'mutes',
    'people',
  ]) {
    const { rows } = await sql<{ readonly body: string }>`select body from ${sql.table(table)}`.execute(db);
    bodies[table] = rows
      .map(({ body }) => JSON.parse(body))
      .map(({ version: _any, ...body }) => JSON.stringify(body))
      .sort();
  }
  await close();
  return bodies;
}

function notThere(): never {
  throw new Error('The card of the fixture is not in Slack');
}
