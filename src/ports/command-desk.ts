import type { ChangeRecord } from '../domain/change-record.js';
import type { MessageRef } from '../domain/click.js';
import type { CommandLine } from '../domain/command-line.js';
import type { PersonId } from '../domain/person.js';
import type { Reply, Row, StartOption } from '../domain/reply.js';

/** What a chat may ask of the bot on behalf of a person who types commands. */
export interface CommandService {
  /** Answers a command; one that changes something is answered with a proposal, and nothing is changed. */
  run(line: CommandLine, asker: Asker): Promise<Reply>;
  /** Offers runs to choose from where a command named none: those that wait first, then recent ones. */
  candidates(verb: CommandLine['verb'], asker: Asker): Promise<readonly Row[]>;
  /** Offers the workflows the asker may start. */
  startOptions(asker: Asker): Promise<readonly StartOption[]>;
  /** Tells at once, without asking anybody, whether the workflow to start has yet to be chosen. */
  isStartOpen(line: Extract<CommandLine, { verb: 'execute' }>, asker: Asker): boolean;
  /**
   * Finds a message that shows an approval's card, from what is remembered; absent while none was posted.
   *
   * Who presses in a list of approvals is taken to that card, as if they had pressed there.
   */
  cardOf(approvalId: string, asker: Asker): Promise<MessageRef | undefined>;
  /**
   * Writes down that a proposal was confirmed; once this has resolved the wish cannot be lost.
   *
   * `repeated`: it was confirmed before, or the same change by the same person was a moment ago.
   */
  confirm(changeId: string, asker: Asker): Promise<'confirmed' | 'repeated' | 'unknown'>;
  /** Carries out a confirmed change and answers its person, and again when it has ended. */
  carryOut(changeId: string): Promise<void>;
  /** Drops a proposal, and tells how it stands now: what was confirmed before is not undone. Absent for others. */
  cancel(changeId: string, asker: Asker): Promise<ChangeRecord | undefined>;
}

/** Who asks, and where they are answered. */
export interface Asker {
  readonly person: PersonId;
  readonly channel?: string;
  readonly responseUrl?: string;
}
