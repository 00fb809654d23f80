import type { AlertReply } from '../../../src/domain/incident.js';
import type { Asker } from '../../../src/ports/chat.js';
import type { UseCases } from '../../../src/slack/use-cases.js';

type AlertUseCases = UseCases['alerts'];

/** A desk that remembers what was asked of it, and answers as it was told. */
export interface FakeAlertService extends AlertUseCases {
  readonly askers: Asker[];
  /** What happened, in order: `details i-1`, `mute i-1 day`, `propose i-1 restart`, `confirm b-1`, `carry-out b-1`. */
  readonly steps: string[];
}

/** How a fake desk answers; what is left out goes well. */
export interface FakeAlertResults {
  readonly reply?: () => AlertReply | Promise<AlertReply>;
  readonly confirm?: () => Awaited<ReturnType<AlertUseCases['confirm']>> | Promise<'confirmed'>;
  readonly carryOut?: () => Promise<void>;
  readonly cancel?: () => Awaited<ReturnType<AlertUseCases['cancel']>>;
}

/** Sets up a desk. */
export function fakeAlertService(results: FakeAlertResults = {}): FakeAlertService {
  const askers: Asker[] = [];
  const steps: string[] = [];
  const reply = async (step: string, asker: Asker): Promise<AlertReply> => {
    steps.push(step);
    askers.push(asker);
    return (await results.reply?.()) ?? { kind: 'unknown-alert' };
  };
  return {
    askers,
    steps,
    details: (incidentId, asker) => reply(`details ${incidentId}`, asker),
    take: (incidentId, asker) => reply(`take ${incidentId}`, asker),
    takeOver: (incidentId, asker) => reply(`take-over ${incidentId}`, asker),
    handBack: (incidentId, asker) => reply(`hand-back ${incidentId}`, asker),
    mute: (incidentId, span, asker) => reply(`mute ${incidentId} ${span}`, asker),
    unmute: (incidentId, asker) => reply(`unmute ${incidentId}`, asker),
    propose: (incidentId, way, asker) => reply(`propose ${incidentId} ${way}`, asker),
    confirm: async (batchId) => {
      steps.push(`confirm ${batchId}`);
      return (await results.confirm?.()) ?? 'confirmed';
    },
    carryOut: async (batchId) => {
      steps.push(`carry-out ${batchId}`);
      await results.carryOut?.();
    },
    cancel: async (batchId) => {
      steps.push(`cancel ${batchId}`);
      return results.cancel?.() ?? 'cancelled';
    },
  };
}
