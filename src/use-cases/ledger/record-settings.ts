import { canonical, type PlainGroup } from '../../domain/ledger/canonical.js';
import { noKey } from '../../domain/ledger/chain.js';
import type { Context } from '../context.js';
import { record } from './record.js';

const noteKey = 'ledger:settings';

/**
 * Records with which settings the bot starts: their hash, and which sections are not as at the last start.
 *
 * Chains that were sealed with another key, or with none, are taken over by the key in use: from then on
 * whatever stands before cannot be changed unseen either.
 */
export async function recordStart(
  context: Context,
  /** Name of a section of the settings file → its text, without secrets. */
  sections: Readonly<Record<string, string>>,
): Promise<void> {
  const hashes: PlainGroup = Object.fromEntries(
    Object.entries(sections).map(([name, text]) => [name, context.seal.hash(text)]),
  );
  if (context.seal.keyId === noKey)
    context.log.warn({}, 'COUNTERSIGN_LEDGER_KEY is not set: records are kept and cannot be proven');
  await context.store.inTransaction(async (memory) => {
    const before = await memory.getNote(noteKey);
    await memory.putNote(noteKey, canonical(hashes));
    await record(context, memory, {
      system: '',
      kind: 'settings',
      note: {
        hash: context.seal.hash(canonical(hashes)),
        ...(before === undefined ? { first: true } : { changed: changedSince(before, hashes) }),
      },
    });
    for (const { system, keyId } of await memory.listLedgerHeads()) {
      if (keyId === context.seal.keyId) continue;
      await record(context, memory, {
        system,
        kind: 'key',
        note: { before: keyId, now: context.seal.keyId },
      });
    }
  });
}

function changedSince(before: string, now: PlainGroup): readonly string[] {
  const old: PlainGroup = JSON.parse(before);
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names].filter((name) => old[name] !== now[name]).sort();
}
