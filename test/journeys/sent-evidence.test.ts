import { describe, expect, it } from '@jest/globals';
import { entryOf } from '../../src/domain/ledger.js';
import { sha256Of } from '../../src/shared/fingerprint-of.js';
import { openStore } from '../../src/stores/index.js';
import { readLedger } from '../../src/use-cases/ledger/verify.js';
import { ask } from '../support/stage/ask.js';
import { approve, cardSaying, click, modalOf, privateWord, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { type Actor, personas } from '../support/stage/personas.js';

const rules = { withUpload: true, operators: ['li'] } as const;

async function openDecided(
  transport: (typeof transports)[number],
  changed: Parameters<typeof openStage>[1] = rules,
): Promise<Stage> {
  const stage = await openStage(transport, changed);
  await askForCertificate(stage);
  await stage.observe();
  await approve(stage, 'ana', theCard(stage), 'Checked');
  await cardSaying(stage, /Approved by Ana Ruiz/);
  return stage;
}

function filesOf(stage: Stage, actor: Actor) {
  return stage.slack.files(stage.slack.im(personas[actor].id).id);
}

/** Opens the details of the card as somebody, and gives their view. */
async function detailsOf(stage: Stage, actor: Actor) {
  await click(stage, actor, theCard(stage), 'details');
  return modalOf(stage, actor);
}

/** Waits until the window on top says something, and gives all it says. */
function windowSaying(stage: Stage, actor: Actor, text: RegExp): Promise<string> {
  const said = () => JSON.stringify(stage.slack.views(personas[actor].id).at(-1)?.view ?? {});
  return stage.slack.waitFor(() => (text.test(said()) ? said() : undefined), {
    whatFor: `a window: ${text}`,
  });
}

async function commandsOnRecord({ storeFile }: Stage) {
  const store = await openStore(storeFile, { readOnly: true });
  const found: object[] = [];
  for (const system of await store.listLedgerSystems()) {
    for await (const record of readLedger(store, { system })) {
      const { kind, sent, answered, person } = entryOf(record);
      if (kind === 'command') found.push({ verb: sent?.verb, answered, userId: person?.userId });
    }
  }
  await store.close();
  return found;
}

describe.each(transports)('the evidence an operator has sent, over %s', (transport) => {
  it('comes into their own direct messages from Details, whole, and is on record with its hashes', async () => {
    const stage = await openDecided(transport);
    const { id: viewId } = await detailsOf(stage, 'li');
    await stage.slack.clickInView({ as: personas.li.id, viewId, actionId: 'command.evidence' });
    await windowSaying(stage, 'li', /Sent to your direct messages/);
    const files = filesOf(stage, 'li');
    expect(files.map(({ name }) => name.replace(/-K\d+/, ''))).toEqual(['evidence.html', 'evidence.json']);
    const [page, json] = files.map(({ text = '' }) => text);
    expect(page).toContain('What was decided, and on what');
    const pack: { readonly records: readonly { readonly macCheck: string }[] } = JSON.parse(json ?? '');
    expect(pack.records.length).toBeGreaterThan(3);
    const everywhere = stage.slack.calls.filter(({ method }) => method === 'files.completeUploadExternal');
    expect(everywhere).toHaveLength(1);
    const { id: userId } = personas.li;
    const hashes = files.map(({ name, text = '' }) => ({ name, sha256: sha256Of(text) }));
    expect(await commandsOnRecord(stage)).toEqual([
      { verb: 'evidence', userId, answered: { kind: 'sending', files: hashes } },
      { verb: 'evidence', userId, answered: { kind: 'evidence', sending: 'done' } },
    ]);
  });

  it('comes from the button under the answer of the verb as well', async () => {
    const stage = await openDecided(transport);
    const code = /\bK0\d+\b/.exec(JSON.stringify(theCard(stage)))?.[0];
    const said = await ask(stage, { as: 'li', line: `evidence ${code}`, shows: /The button sends both/ });
    const { channel, ts, blocks: from } = said;
    await stage.slack.click({ as: personas.li.id, channel, ts, actionId: 'command.evidence', from });
    await privateWord(stage, 'li', /Sent to your direct messages/);
    expect(filesOf(stage, 'li')).toHaveLength(2);
  });

  it('is offered to nobody without the right, and refused to whoever presses all the same', async () => {
    const stage = await openDecided(transport);
    const view = await detailsOf(stage, 'ana');
    expect(JSON.stringify(view.view)).not.toContain('command.evidence');
    const code = /\bK0\d+\b/.exec(JSON.stringify(theCard(stage)))?.[0] ?? '';
    const { id: viewId } = await detailsOf(stage, 'li');
    await stage.restart({ ...rules, operators: [] });
    await stage.slack.clickInView({ as: personas.li.id, viewId, actionId: 'command.evidence' });
    await windowSaying(stage, 'li', /may not|No rule|rule/);
    expect(filesOf(stage, 'li')).toEqual([]);
    expect(code).not.toBe('');
  });

  it('says so when Slack does not take it, and what to do instead', async () => {
    const stage = await openDecided(transport);
    stage.slack.fail({ method: 'files.getUploadURLExternal', fault: 'file_uploads_disabled' });
    const { id: viewId } = await detailsOf(stage, 'li');
    await stage.slack.clickInView({ as: personas.li.id, viewId, actionId: 'command.evidence' });
    const said = await windowSaying(stage, 'li', /Not sent/);
    expect(said).toContain('file_uploads_disabled');
    expect(filesOf(stage, 'li')).toEqual([]);
  });

  it('is not offered unless the settings say so', async () => {
    const stage = await openDecided(transport, { operators: ['li'] });
    const view = await detailsOf(stage, 'li');
    expect(JSON.stringify(view.view)).not.toContain('command.evidence');
    expect(stage.slack.app.scopes).not.toContain('files:write');
  });
});
