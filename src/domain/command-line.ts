import type { Verb } from './verb.js';

/** Which runs `list` shows. */
export type ListState = 'waiting' | 'failed' | 'mine' | 'running' | 'any';

/** A command somebody typed, understood; a missing `ref` is asked for with a picker. */
export type CommandLine =
  | { readonly verb: 'help'; readonly about?: Verb }
  | { readonly verb: 'status' | 'why'; readonly ref?: string }
  | { readonly verb: 'history'; readonly ref?: string; readonly page: number }
  | { readonly verb: 'list'; readonly state: ListState; readonly text?: string; readonly page: number }
  | { readonly verb: 'restart'; readonly ref?: string; readonly version?: number }
  | { readonly verb: 'stop' | 'pause' | 'resume' | 'abort'; readonly ref?: string }
  | {
      readonly verb: 'execute';
      readonly workflow?: string;
      /** Set where the workflow was chosen, since two systems may have one of the same name. */
      readonly system?: string;
      readonly values: readonly TypedValue[];
    }
  | { readonly verb: 'output' | 'variable'; readonly ref?: string; readonly name?: string }
  | { readonly verb: 'alert'; readonly ref?: string; readonly activityId?: string; readonly output?: string }
  | { readonly verb: 'last'; readonly workflow?: string }
  | { readonly verb: 'definitions'; readonly text?: string }
  | { readonly verb: 'approvals'; readonly page: number }
  | { readonly verb: 'receipt'; readonly code: string }
  /** Rights of a member, by their id in the asker's workspace. */
  | { readonly verb: 'restore'; readonly userId: string }
  | { readonly verb: 'doctor' }
  /** Without a system: the only one where accounts are linked, if there is one. */
  | { readonly verb: 'link' | 'unlink'; readonly system?: string }
  | { readonly verb: 'whoami' };

/** A `name=value` somebody typed. */
export interface TypedValue {
  readonly name: string;
  readonly text: string;
}

/** What was typed, as far as it can be understood without asking anybody. */
export type ParsedCommand =
  | { readonly kind: 'command'; readonly line: CommandLine }
  | { readonly kind: 'unknown-verb'; readonly typed: string; readonly near?: Verb }
  | { readonly kind: 'usage'; readonly verb: Verb; readonly problem: UsageProblem };

/** What is wrong with a line whose verb is known. */
export type UsageProblem =
  | { readonly kind: 'missing'; readonly what: string }
  | { readonly kind: 'not-a-value'; readonly typed: string }
  | { readonly kind: 'too-much'; readonly typed: string }
  | { readonly kind: 'unknown-word'; readonly typed: string; readonly near?: string };
