import type { Whereabouts } from '../../../../domain/approval-state.js';
import { assertNever } from '../../../../shared/assert-never.js';
import type { Formatter } from '../ink.js';

/** Says where a run was found, to follow “now”: `Complete`, `Waiting at step Issue`, `Failed: disk full`. */
export function whereaboutsText(now: Whereabouts, formatter: Formatter): string {
  const why = now.statusMessage ? `: ${formatter.text(now.statusMessage.replace(/[.\s]+$/, ''), 300)}` : '';
  const step = now.step ? ` at step ${formatter.text(now.step.name || now.step.uniqueName, 100)}` : '';
  switch (now.status.kind) {
    case 'complete':
      return 'Complete';
    case 'running':
      return `Running${step}`;
    case 'suspended':
      return step === '' ? 'Waiting' : `Waiting${step}`;
    case 'rejected':
      return `Rejected${why}`;
    case 'failed':
      return `Failed${step}${why}`;
    case 'canceled-for-restart':
      return 'Canceled for a restart';
    case 'paused':
      return `paused${step}`;
    case 'aborted':
      return `aborted${why}`;
    case 'unknown':
      return `in a state Countersign does not know, ${formatter.exact(now.status.raw, 60)}${step}`;
    default:
      return assertNever(now.status.kind);
  }
}
