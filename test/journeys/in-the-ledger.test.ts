import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { audit } from '../../src/cli/audit.js';
import { entryOf } from '../../src/domain/ledger.js';
import { openPlace, openStore } from '../../src/stores/index.js';
import { readLedger } from '../../src/use-cases/ledger/verify.js';
import { ask } from '../support/stage/ask.js';
import { approve, cardSaying, click, deny, modalOf, privateWord, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { serviceAccount } from '../support/stage/personas.js';

/** Gives what the store of a stage holds on record, as text. */
async function onRecord({
  storeFile,
}: Stage): Promise<readonly { readonly kind: string; readonly body: string }[]> {
  const store = await openStore(storeFile);
  const found: { readonly kind: string; readonly body: string }[] = [];
  for (const system of await store.listLedgerSystems()) {
    for await (const record of readLedger(store, { system })) {
      found.push({ kind: entryOf(record).kind, body: record.body });
    }
  }
  await store.close();
  return found;
}

function verify({ storeFile: from }: Stage): Promise<number> {
  const nothing = { heads: [], anchors: undefined, since: undefined, system: undefined, chain: undefined };
  return audit({ action: 'verify', from, ...nothing, format: 'jsonl', file: 'none.yml', env: {} });
}

/** Lists the texts in the blocks of a view. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : textsIn(inner),
  );
}

/** Does something to the store of a stage that the bot never does. */
async function tamper({ storeFile }: Stage, statement: string): Promise<void> {
  const { db, close } = await openPlace(storeFile);
  await sql.raw(statement).execute(db);
  await close();
}

/** Gives what is kept of what people were shown at their decisions, in the order of the records. */
async function evidenceOf(stage: Stage) {
  const store = await openStore(stage.storeFile);
  const kept: { readonly text: string | null; readonly facts: Record<string, string> }[] = [];
  for (const { body } of await onRecord(stage)) {
    const { shown } = entryOf({ body });
    if (shown?.evidence !== undefined)
      kept.push(JSON.parse((await store.findEvidence(shown.evidence)) ?? 'null'));
  }
  await store.close();
  return kept;
}

describe.each(transports)('what happens on the real bot over %s', (transport) => {
  it('is on record, from the start to the end of an approval, and is shown to who asks', async () => {
    const stage = await openStage(transport, { quorum: 2, operators: ['ana'] });
    const id = await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage), 'Checked with the web team');
    await cardSaying(stage, /1 of 2/);
    await click(stage, 'gia', theCard(stage), 'approve');
    await privateWord(stage, 'gia', /guest/);
    await approve(stage, 'li', theCard(stage));
    await cardSaying(stage, /Approved by Ana Ruiz and Li Wei/);
    await ask(stage, {
      line: `history ${id}`,
      shows:
        /In the ledger.*it ended here: approved.*accepted.*was sent.*Li Wei approved; that decided it.*Ana Ruiz approved: “Checked with the web team” \(1 of 2\)/s,
    });
    await stage.restart();
    const records = await onRecord(stage);
    expect(records.map(({ kind }) => kind)).toEqual([
      'settings',
      'settings',
      'vote',
      'refusal',
      'decision',
      'signal',
      'signal-answer',
      'ending',
      'command',
    ]);
    expect(await verify(stage)).toBe(0);
    await stage.close();
  });

  it('is on record without any secret of the bot', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await ask(stage, { line: 'whoami', shows: /aruiz/ });
    const text = (await onRecord(stage)).map(({ body }) => body).join('\n');
    const { botToken, appToken, signingSecret } = stage.slack.app;
    const secrets = [botToken, appToken, signingSecret, serviceAccount.password, 'response_url', '/hooks.'];
    expect(text).toContain('Ana Ruiz');
    for (const secret of secrets) expect(text).not.toContain(secret);
    await stage.close();
  });

  it('is kept with the text and the facts each person was shown, on a card as in a window', async () => {
    const stage = await openStage(transport, { quorum: 2, approveWith: 'one-click', operators: ['ana'] });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const card = await cardSaying(stage, /1 of 2/);
    await click(stage, 'li', card, 'deny');
    const { view } = await modalOf(stage, 'li');
    await deny(stage, 'li', card, 'Not ours');
    await cardSaying(stage, /Denied by Li Wei/);
    const [first, second] = await evidenceOf(stage);
    expect(first?.text).toContain('Approvals');
    expect(first?.text).not.toContain('1 of 2 by');
    for (const kept of [first, second]) {
      expect(kept?.text).toContain(kept?.facts.subject);
      expect(kept?.text).toContain(kept?.facts.template);
    }
    for (const text of textsIn(view.blocks)) expect(second?.text).toContain(text);
    expect(await verify(stage)).toBe(0);
    await stage.close();
  });

  it('is no proof any more once somebody has edited what a person was shown', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    const [kept] = await evidenceOf(stage);
    expect(kept?.text).toMatch(/app\.example\.com|CN=/);
    expect(await verify(stage)).toBe(0);
    await tamper(stage, "update evidence set body = substr(body, 1, 40) || 'AAAA' || substr(body, 45)");
    expect(await verify(stage)).toBe(1);
    await tamper(stage, 'delete from evidence');
    expect(await verify(stage)).toBe(0);
    await stage.close();
  });
});
