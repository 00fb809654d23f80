import { hasEnded, type Instance } from '../../../domain/instance.js';
import type { RequestFacts } from '../../../domain/request-facts.js';
import type { InstanceDetail, InstanceRow } from '../wire/instance-wire.js';
import { parseTime } from '../wire/parse-time.js';
import { fingerprintOfRow } from './fingerprint.js';
import { toStatus } from './status.js';

/** Name of the signal an approval step takes. */
export const approvalSignal = 'ApprovalStatus';

/** Makes an instance of a row or a detail, given what it asks and whether its status means waiting. */
export function toInstance(
  row: InstanceRow | InstanceDetail,
  known: { readonly system: string; readonly facts: RequestFacts; readonly isWaiting: boolean },
): Instance {
  const { definition, currentstepuniquename: stepName } = row;
  const startedAtMs = parseTime(row.startdate);
  const modifiedAtMs = parseTime(row.lastmodified);
  const status = toStatus(row.status);
  return {
    ref: { system: known.system, id: row.id },
    ...(row.referenceid === undefined ? {} : { referenceId: row.referenceid }),
    title: row.title ?? '',
    definition: {
      id: definition?.id ?? '',
      name: definition?.displayname ?? '',
      version: definition?.version ?? 0,
      type: definition?.workflowtype ?? '',
    },
    status,
    ...(row.statusmessage === undefined ? {} : { statusMessage: row.statusmessage }),
    ...(stepName === undefined
      ? {}
      : { step: { uniqueName: stepName, name: row.currentstepdisplayname ?? stepName } }),
    ...signalsOf(row),
    awaitsApproval: known.isWaiting && !hasEnded(status) && stepName !== undefined && takesApproval(row),
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
    facts: known.facts,
    fingerprint: fingerprintOfRow(row),
  };
}

/** Whether a signal counts as received for the caller or for all is not documented; it is told as it is. */
function signalsOf(row: InstanceRow | InstanceDetail): Pick<Instance, 'signals'> {
  if (!('signals' in row)) return {};
  const signals = row.signals.flatMap(({ signalname: name, signalreceived: isReceived }) =>
    name === undefined || isReceived === undefined ? [] : [{ name, isReceived }],
  );
  return signals.length === 0 ? {} : { signals };
}

/** A row does not list signals, and neither may an old server; then the status alone has to do. */
function takesApproval(row: InstanceRow | InstanceDetail): boolean {
  if (!('signals' in row) || row.signals.length === 0) return true;
  return row.signals.some(({ signalname }) => signalname?.toLowerCase() === approvalSignal.toLowerCase());
}
