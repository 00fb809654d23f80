import type { RevocationFacts } from '../../../domain/request-facts.js';
import type { DataBag } from './data-bag.js';
import { plainText } from './plain-text.js';

/** Reasons by the numbers of RFC 5280, section 5.3.1. */
const reasons: Readonly<Record<string, string>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};

const reporting = ['cmnt', 'revokecode', 'revocationcode', 'revocationreason', 'revokereason'];

/** Reads what a revocation asks for; undefined if the request is none. */
export function readRevocation(bag: DataBag, workflowType: string): RevocationFacts | undefined {
  if (!/revo/i.test(workflowType) && !bag.has(reporting)) return undefined;
  const take = (names: readonly string[]) => plainText(bag.take(names));
  const reason = take(['code', 'revokecode', 'revocationcode', 'revocationreason', 'revokereason', 'reason']);
  const comment = take(['cmnt', 'comment', 'revocationcomment', 'comments']);
  const effectiveAt = take(['effectivedate', 'revocationdate', 'revocationeffectivedate', 'effdate']);
  const serialNumber = take(['serialnumber', 'certificateserialnumber', 'serial']);
  return {
    ...(reason === undefined ? {} : { reason: reasons[reason] ?? reason }),
    ...(comment === undefined ? {} : { comment }),
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
  };
}
