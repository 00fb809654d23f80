import type { Link } from '../../domain/links/link.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { record, recordedPerson } from '../ledger/record.js';

/** Records that an account was linked, or that a link came to its end. */
export async function recordLink(
  context: Pick<Context, 'now' | 'signer' | 'policy'>,
  transaction: Transaction,
  { link, did }: { readonly link: Link; readonly did: 'linked' | 'unlinked' | 'ended' },
): Promise<void> {
  const { system, person, username, subject } = link;
  await record(context, transaction, {
    system,
    kind: 'link',
    person: recordedPerson(context, person),
    identities: [username],
    note: { did, link: link.id, subject },
  });
}
