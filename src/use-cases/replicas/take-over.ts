import { resumeClicks, takeUpClicks } from '../clicks/answer-click.js';
import type { Context } from '../context.js';
import { adoptSignals } from '../signals/settle-signals.js';

/**
 * Takes over what an earlier run of the bot left under way, where that run must be over.
 *
 * On a shared store it may be alive; there everything is taken over when its lease has ended.
 */
export async function takeOver(context: Context): Promise<void> {
  if (context.store.isShared) return;
  await adoptSignals(context);
  await context.store.reclaimDeliveries(context.now());
}

/** Works on clicks nobody works on any more. */
export function takeUpLeftClicks(context: Context): Promise<void> {
  return context.store.isShared ? takeUpClicks(context) : resumeClicks(context);
}
