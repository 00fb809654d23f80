import type { Person } from '../../domain/person.js';
import type { Asker } from '../../ports/command-desk.js';
import type { Context } from '../context.js';

/** A command with the person who typed it, just looked up. */
export interface CommandWork {
  readonly context: Context;
  readonly person: Person;
  readonly asker: Asker;
}
