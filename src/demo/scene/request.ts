import type { SampleKey } from '../../simulators/keyfactor/samples/sample-keys.js';
import type { DefinitionName } from './furnish.js';

/** Somebody's wish, as Command gets it. */
export interface DemoRequest {
  readonly definition: DefinitionName;
  /** As Command writes the name. */
  readonly requester: string;
  /** How long it has been waiting when the demo starts; 0 unless told. */
  readonly waitingMinutes?: number;
  readonly about: Enrolment | Revocation;
}

/** A certificate somebody wants. */
export interface Enrolment {
  readonly kind: 'enrolment';
  readonly host: string;
  /** Names besides the host. */
  readonly otherNames?: readonly string[];
  /** `server-made` is a PFX enrolment: there is no signing request, and a password in the data. */
  readonly key: SampleKey | 'server-made';
  readonly template: string;
  readonly authority: string;
  /** The certificate this one takes the place of. */
  readonly replaces?: { readonly names: readonly string[]; readonly expiresInDays: number };
}

/** A certificate somebody wants to be withdrawn. */
export interface Revocation {
  readonly kind: 'revocation';
  readonly host: string;
  readonly certificateId: number;
  readonly serialNumber: string;
  readonly reason: 'KeyCompromise' | 'CessationOfOperation';
  readonly comment: string;
  readonly authority: string;
}

/** Gives the distinguished name a request is about. */
export function subjectOf({ about }: DemoRequest): string {
  return about.host.includes(' ') ? `CN=${about.host}, O=Key Example` : `CN=${about.host}`;
}
