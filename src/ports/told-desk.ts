import type { Output } from '../domain/approval.js';
import type { Instance } from '../domain/instance.js';

/** Where a workflow that asks for people by itself is heard. */
export interface InboundService {
  /** Takes what a workflow told; a repetition changes nothing. */
  take(request: InboundRequest): Promise<InboundResult>;
}

/** A workflow's own word that one of its steps waits for people. */
export interface InboundRequest {
  /** The run as told: its facts, and the step that waits, named for the key or the activity. */
  readonly instance: Instance;
  /** A name of the sender's choice that tells this step from others of the run. */
  readonly key?: string;
  /** What the system knows the waiting activity by. */
  readonly activityId?: string;
  /** What the workflow's designer calls it. */
  readonly activity?: string;
  /** Absent means that the sender did not say. */
  readonly outputs?: readonly Output[];
  readonly suggested: readonly string[];
}

/** What came of it; `code` is the short code of the approval. */
export type InboundResult =
  | { readonly kind: 'put'; readonly code: string }
  /** It was known already, with the same facts; people suggested only now get the card as well. */
  | { readonly kind: 'repeated'; readonly code: string }
  /** It was known, and can be answered from now on. */
  | { readonly kind: 'completed'; readonly code: string }
  /** It was known with other facts; votes given on those do not count any more. */
  | { readonly kind: 'changed'; readonly code: string }
  /** It is decided, or being decided: nothing was changed. */
  | { readonly kind: 'over'; readonly code: string }
  /** Several steps of the run wait without an activity, so it cannot be told which one this is. */
  | { readonly kind: 'ambiguous'; readonly codes: readonly string[] }
  /** The key is taken by another activity whose answer is still open. */
  | { readonly kind: 'key-taken'; readonly code: string };
