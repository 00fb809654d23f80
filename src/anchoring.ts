import { appendFile } from 'node:fs/promises';
import type { Settings } from './config.js';
import type { Anchoring } from './use-cases/ledger/anchor-ledger.js';

/** Says how heads of the ledger are written down outside the store; a file is only ever added to. */
export function anchoringOf({ anchorEveryMs, anchorIn, anchorFile }: Settings['ledger']): Anchoring {
  return {
    everyMs: anchorEveryMs,
    inLog: anchorIn.includes('log'),
    inOperatorsChannel: anchorIn.includes('operators'),
    ...(anchorFile === undefined
      ? {}
      : { addLine: (line) => appendFile(anchorFile, `${line}\n`, { mode: 0o600 }) }),
  };
}
