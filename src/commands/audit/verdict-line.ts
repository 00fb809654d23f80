import type { ChainFault, ChainProofs } from '../../domain/ledger/check-chain.js';
import type { ChainVerdict } from '../../use-cases/ledger/verify-ledger.js';

const whatIsWrong: Readonly<Record<ChainFault['what'], string>> = {
  missing: 'is missing',
  altered: 'does not fit its seal: it was edited, moved, or written without the key',
  'out-of-order': 'does not follow on the record before it',
  'unknown-key':
    'was sealed with a key that was not given; set COUNTERSIGN_LEDGER_KEY, or COUNTERSIGN_LEDGER_KEY_PREVIOUS',
  'without-key':
    'was written without the key, though one is in use, and nothing vouches for it; if the key is new, start the bot with it first',
  'not-as-anchored': 'is not the one whose head was written down',
  'cut-off': 'is missing: the record ended later when its head was written down',
};

/** Says how a chain stands, in one line. */
export function verdictLine(verdict: ChainVerdict, proofs: ChainProofs): string {
  const { system, number } = verdict;
  return 'what' in verdict
    ? `BAD  ${nameOf(system)}: record ${number} ${whatIsWrong[verdict.what]}${manyOf(verdict)}`
    : `ok   ${nameOf(system)}: ${counted(number)}${proofOf(verdict, proofs)}`;
}

/** Says what has to be known of a chain although it is in order, a line for each. */
export function remarksOn(verdict: ChainVerdict): readonly string[] {
  if ('what' in verdict) return [];
  const { system, breaks = [], vouchedBy } = verdict;
  const note = (text: string) => `note ${nameOf(system)}: ${text}`;
  const older =
    vouchedBy === undefined
      ? []
      : [
          note(
            `${spanOf(1, vouchedBy - 1)} no seal of their own; record ${vouchedBy}, of an older version, is sealed on top of them`,
          ),
        ];
  return [
    ...older,
    ...breaks.map(({ from, to, by }) =>
      note(
        `${from === to ? `record ${from} was` : `records ${from} to ${to} were`} written without the key; record ${by} says that somebody accepted them`,
      ),
    ),
  ];
}

function spanOf(from: number, to: number): string {
  return from === to ? `record ${from} has` : `records ${from} to ${to} have`;
}

/** Counts what stands without a seal, where it is more than the record that is named. */
function manyOf({ count = 1 }: ChainFault): string {
  return count === 1 ? '' : `; there are ${count} of them`;
}

function proofOf(
  { system, number, keyed }: Exclude<ChainVerdict, ChainFault>,
  { anchors }: ChainProofs,
): string {
  const furthest = Math.max(0, ...anchors.filter((one) => one.system === system).map((one) => one.number));
  const unproven = number - furthest;
  if (keyed === 0)
    return ', chained without a key: this proves nothing against somebody who can write to the store';
  if (furthest === 0)
    return ', in order; no head was given, so nothing shows whether later ones were cut off';
  return unproven === 0
    ? ', in order to the last head given'
    : `, in order; ${counted(unproven)} came after the last head given`;
}

function counted(records: number): string {
  return records === 1 ? '1 record' : `${records} records`;
}

/** Names a chain: by its system, or as that of the bot, which has none. */
export function nameOf(system: string): string {
  return system === '' ? 'the bot itself' : system;
}
