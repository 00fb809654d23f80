import type { Click } from '../../domain/click.js';
import { isSamePerson } from '../../domain/person.js';
import { endClick } from '../ledger/record-click.js';
import type { StoredWork } from './click-work.js';

/**
 * Finishes what a person approved before they withdrew it, where nobody has counted it yet; tells whether there was
 * anything. Counted later, it would be a decision its person had called off.
 */
export async function callOff(work: StoredWork): Promise<boolean> {
  const { context, transaction, click } = work;
  const earlier = (await othersOf(work)).filter((one) => one.verb === 'approve' && isAfter(click, one));
  for (const one of earlier) {
    await endClick(context, transaction, { click: one, answer: { kind: 'replaced' } });
  }
  return earlier.length > 0;
}

/** Tells whether a person has clicked something else about the approval since, which nobody has worked on yet. */
export async function isReplaced(work: StoredWork): Promise<boolean> {
  const others = await othersOf(work);
  return others.some((one) => isAfter(one, work.click) && isOther(one, work.click));
}

function isAfter(a: Click, b: Click): boolean {
  return a.atMs > b.atMs || (a.atMs === b.atMs && a.id > b.id);
}

function isOther(a: Click, b: Click): boolean {
  return a.verb !== b.verb || a.output !== b.output;
}

async function othersOf({ transaction, click }: StoredWork): Promise<readonly Click[]> {
  const unfinished = await transaction.listUnfinishedClicks();
  return unfinished.filter(
    ({ id, approvalId, person }) =>
      id !== click.id && approvalId === click.approvalId && isSamePerson(person, click.person),
  );
}
