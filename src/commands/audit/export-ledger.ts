import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { LedgerRecord } from '../../domain/ledger/chain.js';
import type { LedgerRepository } from '../../ports/ledger-memory.js';
import { readLedger } from '../../use-cases/ledger/read-ledger.js';

/** Writes records out as they are read; waits wherever the reader of the output is slower. */
export async function exportLedger(
  repository: LedgerRepository,
  wanted: {
    readonly format: 'jsonl' | 'csv';
    readonly sinceMs: number | undefined;
    readonly system: string | undefined;
  },
  to: Writable,
): Promise<number> {
  const lineOf = wanted.format === 'jsonl' ? jsonLine : csvLine;
  const write = async (line: string): Promise<void> => {
    if (!to.write(`${line}\n`)) await once(to, 'drain');
  };
  if (wanted.format === 'csv') await write(columns.join(','));
  const systems = wanted.system === undefined ? await repository.listLedgerSystems() : [wanted.system];
  let count = 0;
  for (const system of systems) {
    for await (const record of readLedger(repository, { system, sinceMs: wanted.sinceMs })) {
      await write(lineOf(record));
      count += 1;
    }
  }
  return count;
}

const columns = ['system', 'number', 'at', 'kind', 'instance', 'person', 'body', 'previous', 'mac', 'key_id'];

/** What was sealed stands as its text in `body`, so that the seal can be checked from the line alone. */
function jsonLine({ system, number, body, previous, mac, keyId, atMs }: LedgerRecord): string {
  const at = new Date(atMs).toISOString();
  return JSON.stringify({ system, number, at, body, previous, mac, keyId, entry: JSON.parse(body) });
}

function csvLine(record: LedgerRecord): string {
  const { system, number, atMs, kind, instanceId = '', person = '', body, previous, mac, keyId } = record;
  const cells = [
    system,
    number,
    new Date(atMs).toISOString(),
    kind,
    instanceId,
    person,
    body,
    previous,
    mac,
    keyId,
  ];
  return cells.map((cell) => quoted(String(cell))).join(',');
}

/** A spreadsheet would run what begins like a formula. */
function quoted(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}
