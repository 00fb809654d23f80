import { describe, expect, it } from '@jest/globals';
import { audit } from '../../src/cli/audit.js';
import { entryOf } from '../../src/domain/ledger.js';
import { openStore } from '../../src/stores/index.js';
import { readLedger } from '../../src/use-cases/ledger/verify.js';
import { ask } from '../support/stage/ask.js';
import { approve, cardSaying, click, privateWord, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrolments.js';
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
        /On record.*it was over here: approved.*accepted.*was sent.*Li Wei approved; that decided it.*Ana Ruiz approved: “Checked with the web team” \(1 of 2\)/s,
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
});
