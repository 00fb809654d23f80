import type { Approval } from '../../domain/approval.js';
import type { Click } from '../../domain/click.js';
import type { Person } from '../../domain/person.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import type { LinkState } from '../links/linking.js';

/** A click with what is stored about it, inside its transaction. */
export interface StoredWork {
  readonly context: Context;
  readonly transaction: Transaction;
  readonly click: Click;
  readonly approval: Approval;
}

/** A click with everything known about it and its person, inside its transaction. */
export interface ClickWork extends StoredWork {
  readonly person: Person;
  /** Whether the bot may speak for them; `linked` where it speaks for itself. */
  readonly link: LinkState;
}
