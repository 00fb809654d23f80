import type { InstanceStatus } from '../../../domain/instance.js';

const kinds: Readonly<Record<string, InstanceStatus['kind']>> = {
  running: 'running',
  suspended: 'suspended',
  complete: 'complete',
  completed: 'complete',
  rejected: 'rejected',
  failed: 'failed',
  canceledforrestart: 'canceled-for-restart',
  cancelledforrestart: 'canceled-for-restart',
};

/**
 * Reads a status by its name.
 *
 * Integers stay unknown: which one means what is published nowhere, and a wrong guess would call something
 * approved that is not.
 */
export function toStatus(raw: string | undefined): InstanceStatus {
  const name = (raw ?? '').replace(/[\s_-]/g, '').toLowerCase();
  return { kind: Object.hasOwn(kinds, name) ? (kinds[name] ?? 'unknown') : 'unknown', raw: raw ?? '' };
}
