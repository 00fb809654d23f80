import { type Instance, type InstanceRef, isSameRef } from '../../domain/instance.js';
import type { WorkflowBackend } from '../../ports/backend.js';

/** One run as read just now, with where it goes on if it was canceled for a restart. */
export type FreshReading =
  | { readonly kind: 'found'; readonly instance: Instance; readonly successors: readonly InstanceRef[] }
  /** It may not be read, and does not wait for us any more. */
  | { readonly kind: 'not-visible' }
  /** It may not be read in full although it still waits for us: nothing can be concluded. */
  | { readonly kind: 'hidden' };

/** Reads a run so that something can be concluded from it. Throws `BackendError` when it cannot be reached. */
export async function readInstance(backend: WorkflowBackend, ref: InstanceRef): Promise<FreshReading> {
  const reading = await backend.getInstance(ref);
  if (reading.kind === 'not-visible') {
    return { kind: (await backend.isAssigned(ref)) ? 'hidden' : 'not-visible' };
  }
  const { instance } = reading;
  const isCanceled = instance.status.kind === 'canceled-for-restart';
  const found = isCanceled ? await backend.operations.findSuccessors?.(instance) : undefined;
  const successors = (found ?? []).filter((one) => !isSameRef(one, ref));
  return { kind: 'found', instance, successors };
}
