import { matchesPattern } from '../shared/matches-pattern.js';
import type { Instance, InstanceRef } from './instance.js';
import { namedBy } from './named-by.js';
import type { Person, PersonId } from './person.js';
import type { Verb } from './verb.js';

/** Something an operator does to a workflow. */
export type Change =
  | { readonly kind: 'restart'; readonly instance: InstanceRef; readonly version?: number }
  | { readonly kind: 'stop'; readonly instance: InstanceRef }
  | { readonly kind: 'pause'; readonly instance: InstanceRef }
  /** Goes on after a pause, or, where the system tells them apart, after an error. */
  | { readonly kind: 'resume'; readonly instance: InstanceRef; readonly afterError: boolean }
  | { readonly kind: 'abort'; readonly instance: InstanceRef }
  | {
      readonly kind: 'execute';
      readonly system: string;
      readonly definition: string;
      readonly variables: readonly Variable[];
    }
  /** Tells a waiting activity which way to go. */
  | {
      readonly kind: 'alert';
      readonly instance: InstanceRef;
      readonly activityId: string;
      readonly output: string;
    };

/** A value a workflow is started with. */
export interface Variable {
  readonly name: string;
  readonly type: VariableType;
  /** As the system takes it. */
  readonly value: string;
}

/** The kinds of value a workflow takes. */
export type VariableType = 'string' | 'number' | 'boolean' | 'date';

/** A workflow the settings offer to start, with the values it takes. */
export interface StartableWorkflow {
  readonly system: string;
  readonly definition: string;
  /** What people call it, if that is not its name. */
  readonly title?: string;
  readonly variables: readonly VariableSpec[];
}

/** A value a workflow takes, as the settings describe it. */
export interface VariableSpec {
  readonly name: string;
  readonly type: VariableType;
  readonly isRequired: boolean;
  readonly default?: string;
}

/** Who may run which verbs on which workflows. */
export interface OperatorRule {
  readonly name: string;
  /** Empty means nobody. */
  readonly people: readonly PersonId[];
  /** Ids of user groups of the chat whose members may as well. */
  readonly groups?: readonly string[];
  readonly verbs: readonly Verb[];
  /** Patterns; absent means any. */
  readonly systems?: readonly string[];
  readonly definitions?: readonly string[];
}

/** Whether somebody may run a verb, and if not, why not. */
export type MayRun =
  | { readonly kind: 'yes'; readonly rule: OperatorRule }
  | { readonly kind: 'not-a-member'; readonly standing: Person['standing'] }
  /** They, or somebody with their account, said that a decision of theirs was not theirs. */
  | { readonly kind: 'suspended' }
  /** Only a user group could name them, and the chat cannot say who is in it. */
  | { readonly kind: 'group-not-checked' }
  | { readonly kind: 'no-rule' };

/** Names the system and the recipe a verb is about. */
export interface VerbTarget {
  readonly system: string;
  readonly definition: string;
}

/**
 * Decides whether a person may run a verb on a workflow; without a rule that names them, the verb and the
 * workflow, nobody may.
 */
export function mayRun(
  person: Person,
  verb: Verb,
  target: VerbTarget,
  rules: readonly OperatorRule[],
): MayRun {
  if (person.standing !== 'member') return { kind: 'not-a-member', standing: person.standing };
  if (person.isSuspended) return { kind: 'suspended' };
  const about = rules.filter(
    (one) =>
      one.verbs.includes(verb) &&
      fits(one.systems, target.system) &&
      fits(one.definitions, target.definition),
  );
  const rule = about.find((one) => namedBy(one, person) === 'yes');
  if (rule) return { kind: 'yes', rule };
  const isOpen = about.some((one) => namedBy(one, person) === 'group-not-checked');
  return { kind: isOpen ? 'group-not-checked' : 'no-rule' };
}

function fits(patterns: readonly string[] | undefined, value: string): boolean {
  return patterns === undefined || patterns.some((pattern) => matchesPattern(value, pattern));
}

/** Gives the system a change is made in. */
export function systemOfChange(change: Change): string {
  return change.kind === 'execute' ? change.system : change.instance.system;
}

/** What undoes a change, where something does. */
export function inverseOf(kind: Change['kind']): Change['kind'] | undefined {
  if (kind === 'pause') return 'resume';
  return kind === 'resume' ? 'pause' : undefined;
}

/** Says whether a change makes sense for a run as it stands; systems have the last word. */
export function isAllowed(change: Change['kind'], { status }: Instance): boolean {
  const allowed: Readonly<Record<Change['kind'], readonly Instance['status']['kind'][]>> = {
    restart: ['failed', 'suspended'],
    stop: ['suspended'],
    execute: [],
    pause: ['running', 'suspended'],
    resume: ['paused', 'failed'],
    abort: ['running', 'suspended', 'paused', 'failed'],
    alert: ['suspended', 'running'],
  };
  return change === 'execute' || status.kind === 'unknown' || allowed[change].includes(status.kind);
}
