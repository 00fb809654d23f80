import { isSamePerson, type PersonId } from '../domain/person.js';
import type { ForgottenRows, Transaction } from '../ports/store.js';
import type { Context } from './context.js';
import { record } from './ledger/record.js';
import { lacksKey } from './retention.js';

/** Why somebody cannot be forgotten yet: what they are part of would not be what it is without them. */
export type StillNeeded = 'suspension' | 'absence' | 'vote' | 'decision' | 'click' | 'change';

/** What became of forgetting somebody. */
export type Forgetting =
  | { readonly kind: 'forgotten'; readonly rows: ForgottenRows }
  /** Nothing was removed, and nothing is on record about it. */
  | { readonly kind: 'nothing-stored' }
  | { readonly kind: 'still-needed'; readonly why: readonly StillNeeded[] }
  | { readonly kind: 'no-key' };

/**
 * Removes what is known of somebody outside the ledger and finished approvals, in one transaction, on record.
 *
 * Refused while a suspension, a delegation, an open vote or a held decision of theirs stands.
 */
export function forgetPerson(
  context: Pick<Context, 'store' | 'signer' | 'now'>,
  person: PersonId,
): Promise<Forgetting> {
  return context.store.inTransaction(async (transaction) => {
    if (await lacksKey(context, transaction)) return { kind: 'no-key' };
    const why = await whyNeeded(transaction, person);
    if (why.length > 0) return { kind: 'still-needed', why };
    const rows = await transaction.forgetPerson(person);
    if (Object.values(rows).every((count) => count === 0)) return { kind: 'nothing-stored' };
    const { teamId, userId } = person;
    // Without their name, which is what is forgotten; the id alone tells nobody who they were.
    const about = { system: '', kind: 'forgotten', person: { teamId, userId }, note: { ...rows } } as const;
    await record(context, transaction, about);
    return { kind: 'forgotten', rows };
  });
}

async function whyNeeded(transaction: Transaction, person: PersonId): Promise<readonly StillNeeded[]> {
  const isTheirs = (one: { readonly person: PersonId }) => isSamePerson(one.person, person);
  const absences = await transaction.listAbsences();
  const signals = await transaction.listUnsettledSignals();
  const clicks = await transaction.listUnfinishedClicks();
  const changes = await transaction.listOpenChanges();
  const needed: readonly (readonly [StillNeeded, boolean])[] = [
    ['suspension', (await transaction.findSuspension(person)) !== undefined],
    [
      'absence',
      absences.some((one) => isTheirs(one) || (one.delegate && isSamePerson(one.delegate, person))),
    ],
    ['vote', (await transaction.listVotedOn(person)).length > 0],
    [
      'decision',
      signals.some(({ decision }) =>
        decision.votes.some((vote) => isTheirs(vote) || (vote.seat && isTheirs(vote.seat))),
      ),
    ],
    ['click', clicks.some(isTheirs)],
    ['change', changes.some(isTheirs)],
  ];
  return needed.flatMap(([why, isSo]) => (isSo ? [why] : []));
}
