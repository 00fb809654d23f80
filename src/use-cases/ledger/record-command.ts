import { systemOfChange } from '../../domain/change.js';
import type { CommandLine } from '../../domain/command-line.js';
import type { Instance } from '../../domain/instance.js';
import type { PlainGroup } from '../../domain/ledger/canonical.js';
import type { LedgerEntry } from '../../domain/ledger/ledger-entry.js';
import type { Reply } from '../../domain/reply.js';
import type { Asker } from '../../ports/command-desk.js';
import type { Context } from '../context.js';
import { record, recordedPerson, signedValue } from './record.js';

/** Records a command and how it was answered; values that were typed go in by their seals. */
export async function recordCommand(
  context: Context,
  { line, reply, asker }: { readonly line: CommandLine; readonly reply: Reply; readonly asker: Asker },
): Promise<void> {
  await context.store.inTransaction((transaction) =>
    record(context, transaction, {
      ...placeOf(reply),
      kind: 'command',
      person: recordedPerson(context, asker.person),
      sent: textOf(context, line),
      answered: { kind: reply.kind, ...moreOf(reply) },
    }),
  );
}

function textOf(context: Context, line: CommandLine): PlainGroup {
  if (line.verb !== 'execute') return { ...line };
  const { verb, workflow, system, values } = line;
  const sealedValues = values.map(({ name, text }) => ({ name, sealed: signedValue(context, name, text) }));
  return { verb, workflow, system, values: sealedValues };
}

/** A command belongs to the run it found; one that found none, or several, to the bot itself. */
function placeOf(reply: Reply): Pick<LedgerEntry, 'system' | 'instance' | 'code'> {
  switch (reply.kind) {
    case 'status':
      return placeOfRun(reply.status.instance, reply.status.code);
    case 'why':
      return placeOfRun(reply.why.instance, reply.why.code);
    case 'history':
      return placeOfRun(reply.instance, reply.code);
    case 'proposal': {
      const { change, code } = reply.record;
      const run = change.kind === 'execute' ? {} : { instance: change.instance.id };
      return { system: systemOfChange(change), ...run, ...(code === undefined ? {} : { code }) };
    }
    case 'approval-open':
      return placeOfRun({ ref: reply.instance }, reply.approval.code);
    default:
      return { system: '' };
  }
}

function placeOfRun(
  { ref }: Pick<Instance, 'ref'>,
  code: string,
): Pick<LedgerEntry, 'system' | 'instance' | 'code'> {
  return { system: ref.system, instance: ref.id, code };
}

function moreOf(reply: Reply): PlainGroup {
  if (reply.kind === 'not-allowed') return { reason: reply.why.kind };
  if (reply.kind === 'proposal') return { change: reply.record.id };
  return reply.kind === 'broke' ? { ref: reply.ref } : {};
}
