import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createSecretBox, createSignerFinder } from '../../src/crypto.js';
import { boundToLink } from '../../src/domain/link.js';
import type { Delivery } from '../../src/domain/notification.js';
import type { Store } from '../../src/ports/store.js';
import { openStore } from '../../src/stores/index.js';
import { verifyLedger } from '../../src/use-cases/ledger/verify.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { click, submit, textOf } from '../support/stage/cards.js';
import { createCountedIds } from '../support/stage/counted-ids.js';
import { openStage } from '../support/stage/open-stage.js';
import { type Copy, copyFile, loadDump, textIn, withDatabase } from './fixture/copies.js';
import { type Everything, type Names, readEverything } from './fixture/read-everything.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

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

const settings: FixtureSettings = JSON.parse(textIn('settings.json'));

/** What the definition of the fixture's request is called today. */
const definition = 'Web server enrollment';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

describe('the SQLite files of 9cc6796', () => holds('sqlite', (name) => copyFile(folder, name)));
describePostgres('the PostgreSQL databases of 9cc6796', (server) =>
  holds('postgres', (name) => loadDump(server(), name)),
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
    await saveAgain(copy, names);
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
    const id = stage.command.startInstance({ ...JSON.parse(textIn('waiting-request.json')), definition });
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
    // Its buttons are those that 9cc6796 posted, which do not say whether that card showed everything: a window does.
    const blocks = JSON.parse(textIn('waiting-card.json'))[engine];
    await click(stage, 'ana', { ...card(), blocks }, 'approve');
    await submit(stage, 'ana', '');
    await stage.command.waitFor(() => stage.command.instance(id).status === 'Complete');
    // The cards of everything else the fixture holds are edited as well, at the pace Slack allows.
    for (let polls = 0; polls < 6; polls += 1) await stage.observeAfter(15_000);
    expect(textOf(card())).toMatch(/Approved by Ana Ruiz/);
    await stage.close();
  });

  it.each([
    ['stand where the request asks for no more than was shown', {}, /1 of 2/, 0],
    [
      'are void, once, where more of the request is shown now',
      { AdditionalAttributes: { Department: 'Platform', SAN: 'upn=administrator@keyexample.com' } },
      /Countersign now shows more of this request.*UPN administrator@keyexample\.com.*0 of 2/s,
      1,
    ],
  ])('are read anew after the upgrade: votes %s', async (_what, more, shown, notices) => {
    const rules = { quorum: 2, approveWith: 'one-click', ledgerKey: settings.ledgerKey } as const;
    let { place, options }: Copy = { place: folder.newFile(), options: {} };
    const stage = await openStage('socket', {
      ...rules,
      newCommandId: createCountedIds(),
      openStore: () => openStore(place, options),
    });
    const request = JSON.parse(textIn('waiting-request.json'));
    const id = stage.command.startInstance({ ...request, definition, data: { ...request.data, ...more } });
    await stage.observe();
    ({ place, options } = await copyOf('scenes'));
    await voteOn(id, { place, options });
    await stage.restart(rules, () =>
      stage.clock.advance(settings.scenes[engine].endedAtMs - stage.clock.now()),
    );
    for (let polls = 0; polls < 4; polls += 1) await stage.observeAfter(15_000);
    const { channel, ts } = settings.waiting.card;
    expect(textOf(stage.slack.message(channel, ts) ?? notThere())).toMatch(shown);
    const told = stage.slack
      .messages(stage.slack.im('U0ANA').id)
      .filter((one) => /shows more/.test(textOf(one)));
    expect(told).toHaveLength(notices);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await stage.close();
  });
}

/** Adds a vote of Ana's to the approval of a run. */
async function voteOn(id: string, { place, options }: Copy): Promise<void> {
  const store = await openStore(place, options);
  const approval = await store.latestApprovalOf({ system: 'corp', id });
  if (!approval) throw new Error('The fixture holds no such approval');
  const person = { teamId: 'T0SIMULATED', userId: 'U0ANA' };
  await store.addVote(approval.id, {
    person,
    name: 'Ana Ruiz',
    identities: ['KEYEXAMPLE\\aruiz'],
    verdict: 'approve',
    atMs: settings.scenes.sqlite.endedAtMs,
    revision: approval.revision,
  });
  await store.close();
}

const makeAllDue = (copy: Copy) =>
  withDatabase(copy, async (db) => {
    await sql`update deliveries set status = 'pending', due_at_ms = 0`.execute(db);
  });

function verify(store: Store, key: string) {
  const signerOf = createSignerFinder([Buffer.from(key, 'hex')]);
  return verifyLedger(store, { signerOf, hasKey: true, anchors: [] });
}

/**
 * Puts everything into a store again, with nothing changed but the version: what can only be added once is taken from
 * the tables first.
 */
async function saveAgain(copy: Copy, names: Names): Promise<void> {
  const store = await openStore(copy.place, copy.options);
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
    const suspension = await store.findSuspension(id);
    if (suspension && (await store.restore(id))) await store.suspend(suspension);
    for (const link of await store.listLinks(id)) {
      await store.removeLink(link.id);
      await store.addLink(link);
    }
  }
  for (const id of names.linkRequests) {
    const request = await store.findLinkRequest(id);
    if (!request || !(await store.takeLinkRequest(id))) continue;
    const { begun, ...invitation } = request;
    await store.addLinkRequest(invitation);
    if (begun) await store.beginLinkRequest(id, begun);
  }
  const clicks = await each(names.clicks, (id) => store.findClick(id));
  const dialogs = await each(names.dialogs, (id) => store.findDialog(id));
  const texts = await each(names.texts, async (key) => ({ key, text: (await store.keptText(key)) ?? '' }));
  const receipts = await each(names.receipts, (code) => store.findReceipt(code));
  await makeAllDue(copy);
  const deliveries = await store.claimDueDeliveries({ nowMs, limit: 100_000, leaseMs: 1, claim: 'all' });
  await withDatabase(copy, async (db) => {
    await db.deleteFrom('clicks').execute();
    await db.deleteFrom('dialogs').execute();
    await db.deleteFrom('receipts').execute();
    await db.deleteFrom('deliveries').execute();
  });
  for (const { reply: answer, ...click } of clicks) {
    await store.addClick(click);
    if (answer) await store.finishClick(click.id, answer, nowMs);
  }
  for (const dialog of dialogs) await store.addDialog(dialog);
  for (const { key, text } of texts) await store.keepText(key, text, nowMs);
  for (const receipt of receipts) await store.addReceipt(receipt);
  const last = deliveries.filter(({ subject }) => subject.kind === 'follow-up');
  const first = deliveries.filter(({ subject }) => subject.kind !== 'follow-up');
  for (const delivery of [...first, ...last]) await sayAgain(store, delivery);
  await store.close();
}

async function each<T>(keys: readonly string[], read: (key: string) => Promise<T | undefined>) {
  return (await Promise.all(keys.map(read))).filter((one) => one !== undefined);
}

/** Makes wanted anew what a delivery shows; a follow-up only where an alert is wanted. */
async function sayAgain(store: Store, { id, subject, target, priority }: Delivery): Promise<void> {
  const { readAtMs: nowMs } = settings;
  switch (subject.kind) {
    case 'card':
      return store.addCard(subject.approvalId, target, priority, nowMs);
    case 'notice':
      return store.addNotice(id, subject.notice, target, nowMs);
    case 'digest':
      return store.wantDigest({ id, target, count: subject.count }, nowMs);
    case 'alert':
      return store.addAlert(subject.incidentId, target, nowMs);
    case 'follow-up':
      return store.wantFollowUp(subject.incidentId, id, subject.followUp, nowMs);
  }
}

/** Every column that `saveAgain` writes as JSON. */
const bodyColumns = [
  ['approvals', 'body'],
  ['votes', 'body'],
  ['signals', 'body'],
  ['changes', 'body'],
  ['changes', 'twin_key'],
  ['incidents', 'body'],
  ['failures', 'body'],
  ['mutes', 'body'],
  ['people', 'body'],
  ['suspensions', 'body'],
  ['links', 'body'],
  ['link_requests', 'body'],
  ['link_requests', 'begun'],
  ['clicks', 'body'],
  ['clicks', 'answer'],
  ['dialogs', 'body'],
  ['receipts', 'body'],
  ['deliveries', 'notice_body'],
  ['deliveries', 'target_body'],
] as const;

/** Reads the bodies that `saveAgain` writes, as they stand; only the version may change. */
function bodiesIn(copy: Copy): Promise<Readonly<Record<string, readonly string[]>>> {
  return withDatabase(copy, async (db) => {
    const bodies: Record<string, readonly string[]> = {};
    for (const [table, column] of bodyColumns) {
      const { rows } = await sql<{ readonly body: string }>`select distinct ${sql.ref(column)} as body
        from ${sql.table(table)} where ${sql.ref(column)} is not null`.execute(db);
      const texts = rows.map(({ body }) => body);
      const isVersioned = table === 'approvals' || table === 'incidents';
      bodies[`${table}.${column}`] = texts.map((text) => (isVersioned ? unversioned(text) : text)).sort();
    }
    return bodies;
  });
}

function unversioned(text: string): string {
  const { version: _any, ...body } = JSON.parse(text);
  return JSON.stringify(body);
}

function notThere(): never {
  throw new Error('The card of the fixture is not in Slack');
}
