import type { ChangeRecord } from '../../../src/domain/change.js';
import type { CommandLine } from '../../../src/domain/commands.js';
import type { Row, StartOption } from '../../../src/domain/reply.js';
import type { MessageRef } from '../../../src/domain/voting.js';
import type { Asker } from '../../../src/ports/chat.js';
import type { UseCases } from '../../../src/slack/use-cases.js';
import type { Reply } from '../../../src/use-cases/commands/run-command.js';
import { anEnd } from './a-reply.js';

type CommandUseCases = UseCases['commands'];

/** A desk that remembers what was asked of it, and answers as it was told. */
export interface FakeCommandService extends CommandUseCases {
  readonly lines: CommandLine[];
  readonly askers: Asker[];
  /** What happened, in order: `run status`, `candidates stop`, `start-options`, `confirm c-1`, `carry-out c-1`, `cancel c-1`. */
  readonly steps: string[];
}

/** How a fake desk answers; what is left out goes well. */
export interface FakeCommandResults {
  readonly run?: (line: CommandLine) => Reply | Promise<Reply>;
  readonly candidates?: () => readonly Row[] | Promise<readonly Row[]>;
  readonly startOptions?: () => readonly StartOption[] | Promise<readonly StartOption[]>;
  readonly cardOf?: () => MessageRef | undefined;
  readonly confirm?: () => 'confirmed' | 'repeated' | 'unknown' | Promise<'confirmed'>;
  readonly carryOut?: (changeId: string, asker: Asker | undefined) => Promise<void>;
  readonly cancel?: () => ChangeRecord | undefined;
}

/** Sets up a desk. */
export function fakeCommandService(results: FakeCommandResults = {}): FakeCommandService {
  const lines: CommandLine[] = [];
  const askers: Asker[] = [];
  const steps: string[] = [];
  return {
    lines,
    askers,
    steps,
    run: async (line, asker) => {
      steps.push(`run ${line.verb}`);
      lines.push(line);
      askers.push(asker);
      return (await results.run?.(line)) ?? { kind: 'not-found', typed: 'nothing', silent: [] };
    },
    candidates: async (verb) => {
      steps.push(`candidates ${verb}`);
      return (await results.candidates?.()) ?? [];
    },
    startOptions: async () => {
      steps.push('start-options');
      return (await results.startOptions?.()) ?? [];
    },
    isStartOpen: ({ workflow }) => workflow === undefined || workflow === 'unknown',
    cardOf: async () => results.cardOf?.(),
    confirm: async (changeId, asker) => {
      steps.push(`confirm ${changeId}`);
      askers.push(asker);
      return (await results.confirm?.()) ?? 'confirmed';
    },
    carryOut: async (changeId) => {
      steps.push(`carry-out ${changeId}`);
      await results.carryOut?.(changeId, askers.at(-1));
    },
    cancel: async (changeId) => {
      steps.push(`cancel ${changeId}`);
      return results.cancel ? results.cancel() : anEnd({ kind: 'not-sent' });
    },
  };
}
