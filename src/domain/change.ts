import { assertNever, defined } from '../shared/language.js';
import { matchesPattern } from '../shared/text.js';
import type { Approval, Whereabouts } from './approval.js';
import type { TypedValue, Verb } from './commands.js';
import type { Fault, Instance, InstanceRef } from './instance.js';
import { lifecycleTable, type Transitions } from './lifecycle-table.js';
import { isSamePerson, namedBy, type Person, type PersonId } from './person.js';

/** Something an operator does to a workflow. */
export type Change =
  | { readonly kind: 'restart'; readonly instance: InstanceRef; readonly version?: number }
  | { readonly kind: 'stop'; readonly instance: InstanceRef }
  /** A stop by whoever requested the run. */
  | { readonly kind: 'cancel'; readonly instance: InstanceRef }
  | { readonly kind: 'pause'; readonly instance: InstanceRef }
  /** Goes on after a pause, or, where the system tells them apart, after an error. */
  | { readonly kind: 'resume'; readonly instance: InstanceRef; readonly afterError: boolean }
  | { readonly kind: 'abort'; readonly instance: InstanceRef }
  | {
      readonly kind: 'execute';
      readonly system: string;
      readonly definition: string;
      readonly variables: readonly Variable[];
      /** Version of the workflow; absent means the one the settings say, or the latest. */
      readonly version?: string;
      /** XML the workflow starts with; absent means what the settings say. */
      readonly data?: string;
    }
  /** Tells a waiting activity which way to go. */
  | {
      readonly kind: 'alert';
      readonly instance: InstanceRef;
      readonly activityId: string;
      readonly output: string;
      /** What the activity is afterwards, such as `Sleep`; absent means what the settings say. */
      readonly status?: string;
      /** XML handed to the activity; absent means what the settings say. */
      readonly data?: string;
    };

/** A value a workflow is started with. */
export interface Variable {
  readonly name: string;
  readonly type: VariableType;
  /** As the system takes it. */
  readonly value: string;
}

/** The kinds of value a workflow takes. */
export const variableTypes = [
  'string',
  'number',
  'decimal',
  'float',
  'boolean',
  'date',
  'actor',
  'xml',
  'object',
  'array',
] as const;

/** One of them. */
export type VariableType = (typeof variableTypes)[number];

/** A workflow the settings offer to start, with the values it takes. */
export interface StartableWorkflow {
  readonly system: string;
  readonly definition: string;
  /** What people call it, if that is not its name. */
  readonly title?: string;
  readonly variables: readonly VariableSpec[];
  /** What whoever starts it should know. */
  readonly note?: string;
  /** Whether a person may choose the version; only where it is started without values. */
  readonly takesVersion?: boolean;
  /** Whether a person may give the XML it starts with. */
  readonly takesData?: boolean;
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
  | { readonly kind: 'not-a-member'; readonly membership: Person['membership'] }
  /** They, or somebody with their account, said that a decision of theirs was not theirs. */
  | { readonly kind: 'suspended' }
  /** Only a user group could name them, and the chat cannot say who is in it. */
  | { readonly kind: 'group-not-checked' }
  /** Only whoever requested the run may, under a name that is more than a guess. */
  | { readonly kind: 'not-requester' }
  /** A decision about the run is on its way. */
  | { readonly kind: 'being-decided' }
  | { readonly kind: 'no-rule' };

/**
 * Decides whether a person may run a verb on a workflow; without a rule that names them, the verb and the
 * workflow, nobody may.
 */
export function mayRun(
  person: Person,
  verb: Verb,
  target: Pick<StartableWorkflow, 'system' | 'definition'>,
  rules: readonly OperatorRule[],
): MayRun {
  if (person.membership !== 'member') return { kind: 'not-a-member', membership: person.membership };
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
    cancel: ['suspended'],
    execute: [],
    pause: ['running', 'suspended'],
    resume: ['paused', 'failed'],
    // What is over already, or stands still, is not ended: that is all a portal offers it for.
    abort: ['running', 'suspended'],
    alert: ['suspended', 'running'],
  };
  return change === 'execute' || status.kind === 'unknown' || allowed[change].includes(status.kind);
}

/** The open approval that keeps a command from answering an activity, as the person who asked is told of it. */
export interface OpenApproval {
  readonly code: string;
  /** The channel of its card; absent for a direct message, and while it is not posted. */
  readonly channel?: string;
  /** Whether its workflow has said which activity it is for. */
  readonly isActivityKnown: boolean;
}

/** A change somebody asked for, from its proposal to its end; its life is `change-lifecycle.ts`. */
export interface ChangeRecord {
  readonly id: string;
  readonly person: PersonId;
  readonly change: Change;
  /** What the person was shown: the run's title, or the workflow to start. */
  readonly title: string;
  /** Name of the recipe, which rules speak of. */
  readonly definition: string;
  /** Short code of the run, if it is about one. */
  readonly code?: string;
  /** Unique name of the step the run stood at when it was shown, where the system tells steps. */
  readonly shownStep?: string;
  /** Whether the person was told that the system will likely refuse, and wants it all the same. */
  readonly isOverride: boolean;
  readonly phase: 'proposed' | 'confirmed' | 'sending' | 'following' | 'over';
  readonly replicaId: string;
  readonly proposedAtMs: number;
  readonly confirmedAtMs?: number;
  /** When the request can no longer arrive. */
  readonly deadlineMs?: number;
  readonly outcome?: ChangeOutcome;
  /** The same change confirmed a moment before, which this one counts as. */
  readonly sameAs?: string;
  /** Where the run goes on after a restart, or what an execution started. */
  readonly started?: InstanceRef;
  /** Set for changes that were asked for together on an alert; they are told in its thread. */
  readonly batch?: { readonly id: string; readonly incidentId: string; readonly place: number };
  /** Where private answers go: a secret of the chat, forgotten after thirty minutes. */
  readonly responseUrl?: string;
  readonly channel?: string;
}

/** How a change ended. */
export type ChangeOutcome =
  /** The system took it; where the run was found afterwards, and where it goes on. */
  | {
      readonly kind: 'done';
      readonly now?: Whereabouts;
      readonly started?: InstanceRef;
      /** Short code of that run. */
      readonly startedCode?: string;
      /** Runs that could be the successor of a restarted one, when it is not exactly one. */
      readonly candidates?: number;
    }
  | { readonly kind: 'not-allowed'; readonly why: Exclude<MayRun, { kind: 'yes' }> }
  | { readonly kind: 'person-not-checked' }
  | { readonly kind: 'not-found' }
  /** It reaches the system by the person's own account, and none is linked, or nobody can tell just now. */
  | { readonly kind: 'not-linked'; readonly linkState: 'missing' | 'ended' | 'unchecked' }
  /** The run is not as it was when the change was proposed. */
  | { readonly kind: 'moved-meanwhile'; readonly now: Whereabouts }
  /** It would answer or go around what an open approval asks people; nothing was sent. */
  | { readonly kind: 'approval-open'; readonly approval: OpenApproval }
  | { readonly kind: 'refused'; readonly reason: string; readonly said?: string }
  | { readonly kind: 'unreachable'; readonly fault?: Fault }
  /**
   * The request went out and nobody knows what it did: it was not answered, or it was refused beside a run that
   * stands otherwise than before (`now`) or cannot be read.
   */
  | {
      readonly kind: 'unknown';
      readonly refused?: { readonly reason: string; readonly said?: string };
      readonly now?: Whereabouts;
    }
  /** Confirmed, and found unsent after a restart. */
  | { readonly kind: 'not-sent' };

/** Writes the id of an activity in the one form in which it is stored: leading zeros name no other activity. */
export function activityIdOf(typed: string): string {
  return typed.trim().replace(/^0+(?=\d)/, '');
}

/**
 * Finds the open approval that a change would answer, or go around, without those who may decide it.
 *
 * A restart with another version than the run has may be one with a version that asks nobody.
 *
 * The activity counts whichever run the command names, since systems go by the activity and at most by the workflow.
 * So an approval whose activity is not known yet stands for every activity of every run of its workflow.
 */
export function approvalDecidedBy(
  open: readonly Approval[],
  { change, definition }: Pick<ChangeRecord, 'change' | 'definition'>,
): Approval | undefined {
  if (!canDecide(change)) return undefined;
  const { system, id } = change.instance;
  const ours = open.filter(({ state, instance }) => state.kind !== 'ended' && instance.ref.system === system);
  if (change.kind === 'restart')
    return ours.find(
      ({ instance }) => instance.ref.id === id && instance.definition.version !== change.version,
    );
  const activityId = activityIdOf(change.activityId);
  const isSame = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase();
  return (
    ours.find(({ inbound }) => inbound?.activityId === activityId) ??
    ours.find(
      ({ inbound, instance }) =>
        inbound?.activityId === undefined &&
        (isSame(instance.ref.id, id) || isSame(instance.definition.name, definition)),
    )
  );
}

/** Tells whether a change is one of those that could decide what an approval asks. */
export function canDecide(change: Change): change is Extract<Change, { readonly kind: 'alert' | 'restart' }> {
  return change.kind === 'alert' || (change.kind === 'restart' && change.version !== undefined);
}

/** Which of the workflows that can be started somebody means. */
type NamedStartable =
  | { readonly kind: 'one'; readonly startable: StartableWorkflow }
  | { readonly kind: 'several' }
  | { readonly kind: 'none' };

/** Finds the workflow meant by its name or by what people call it; failing that, the only one that contains it. */
export function startableNamed(
  startables: readonly StartableWorkflow[],
  { workflow, system }: { readonly workflow: string; readonly system?: string },
): NamedStartable {
  const wanted = workflow.trim().toLowerCase();
  if (wanted === '') return { kind: 'none' };
  const inSystem = startables.filter((one) => system === undefined || one.system === system);
  const byName = inSystem.filter(({ definition }) => definition.toLowerCase() === wanted);
  const exact = byName.length > 0 ? byName : inSystem.filter((one) => namesOf(one).includes(wanted));
  const fitting =
    exact.length > 0 ? exact : inSystem.filter((one) => namesOf(one).some((name) => name.includes(wanted)));
  const [only] = fitting;
  if (!only) return { kind: 'none' };
  return fitting.length === 1 ? { kind: 'one', startable: only } : { kind: 'several' };
}

/** Finds a workflow by its name or what people call it, whole; the first if there are several. */
export function startableCalled(
  startables: readonly StartableWorkflow[],
  typed: string,
): StartableWorkflow | undefined {
  const wanted = typed.trim().toLowerCase();
  return startables.find((one) => namesOf(one).includes(wanted));
}

function namesOf({ definition, title = definition }: StartableWorkflow): readonly string[] {
  return [definition, title].map((name) => name.toLowerCase());
}

/** What a workflow is started with, or the first value that does not fit. */
type ReadStart =
  | {
      readonly kind: 'start';
      readonly variables: readonly Variable[];
      readonly version?: string;
      readonly data?: string;
    }
  | { readonly kind: 'bad-value'; readonly name: string; readonly typed: string; readonly expected: string };

/** A value a person may give when starting a workflow, under the name it is typed with. */
interface StartInput {
  readonly typedAs: string;
  readonly spec: VariableSpec;
  /** What it is besides a variable. */
  readonly is?: 'version' | 'data';
}

/** Typed beside the values, these are no variables; a variable of such a name is typed as `var.version`. */
const reserved = ['version', 'data'];

/** Lists what a person may give when starting a workflow: its variables, then version and XML where it takes them. */
export function startInputs({
  variables,
  takesVersion,
  takesData,
}: Pick<StartableWorkflow, 'variables' | 'takesVersion' | 'takesData'>): readonly StartInput[] {
  const isReserved = (name: string) => reserved.includes(name.toLowerCase());
  return [
    ...variables.map((spec) => ({ typedAs: isReserved(spec.name) ? `var.${spec.name}` : spec.name, spec })),
    ...(takesVersion
      ? [{ typedAs: 'version', spec: extra('Version', 'string'), is: 'version' } as const]
      : []),
    ...(takesData ? [{ typedAs: 'data', spec: extra('Data', 'xml'), is: 'data' } as const] : []),
  ];
}

function extra(name: string, type: VariableType): VariableSpec {
  return { name, type, isRequired: false };
}

/** Checks typed values against what a workflow takes, before anything is sent; defaults fill the gaps. */
export function readStart(
  values: readonly TypedValue[],
  startable: Pick<StartableWorkflow, 'variables' | 'takesVersion' | 'takesData'>,
): ReadStart {
  const inputs = startInputs(startable);
  const isTypedAs = (typed: string, { typedAs, spec, is }: StartInput) =>
    [typedAs, is ?? `var.${spec.name}`].some((name) => name.toLowerCase() === typed.toLowerCase());
  const stranger = values.find(({ name }) => !inputs.some((one) => isTypedAs(name, one)));
  if (stranger) {
    const names = inputs.map(({ typedAs }) => typedAs).join(', ');
    const others = names === '' ? 'no values: this workflow takes none' : `one of ${names}`;
    const isVersion = stranger.name.toLowerCase() === 'version' && startable.takesVersion === false;
    const expected = isVersion ? withoutVersion : others;
    return { kind: 'bad-value', name: stranger.name, typed: stranger.text, expected };
  }
  const given: Variable[] = [];
  const more: { version?: string; data?: string } = {};
  for (const one of inputs) {
    const { spec, typedAs } = one;
    const text = values.find(({ name }) => isTypedAs(name, one))?.text ?? spec.default;
    if (text === undefined && spec.isRequired) {
      return { kind: 'bad-value', name: typedAs, typed: '', expected: expectation[spec.type] };
    }
    if (text === undefined) continue;
    const value = readValue(text, spec.type);
    if (value === undefined)
      return { kind: 'bad-value', name: typedAs, typed: text, expected: expectation[spec.type] };
    if (one.is) more[one.is] = value.trim();
    else given.push({ name: spec.name, type: spec.type, value });
  }
  const { version } = more;
  if (version !== undefined && (given.length > 0 || more.data !== undefined)) {
    return { kind: 'bad-value', name: 'version', typed: version, expected: withoutVersion };
  }
  return { kind: 'start', variables: given, ...more };
}

/** What a version beside values is answered with. */
export const withoutVersion =
  'no version: a workflow that is started with values is always started in its latest version';

const expectation: Readonly<Record<VariableType, string>> = {
  string: 'a text',
  number: 'a number such as 3 or 2.5',
  decimal: 'a number such as 3 or 2.5',
  float: 'a number such as 2.5 or 1e-3',
  boolean: 'yes or no',
  date: 'a date such as 2026-11-30',
  actor: 'a user as provider::id, such as activedirectory::jo',
  xml: 'XML such as <days>3</days>',
  object: 'a JSON object such as {"days":3}',
  array: 'a JSON list such as ["a","b"]',
};

/** Reads one value the way a system takes it; absent when it does not fit. */
export function readValue(text: string, type: VariableType): string | undefined {
  const plain = text.trim();
  switch (type) {
    case 'string':
      return text;
    case 'number':
    case 'decimal':
      return /^-?\d+(\.\d+)?$/.test(plain) ? plain : undefined;
    case 'float':
      return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(plain) ? plain : undefined;
    case 'boolean':
      return readBoolean(plain.toLowerCase());
    case 'date':
      return isDate(plain) ? plain : undefined;
    case 'actor':
      return /^[a-z]+::\S/i.test(plain) ? plain : undefined;
    case 'xml':
      return /^<[\s\S]*>$/.test(plain) ? plain : undefined;
    case 'object':
    case 'array':
      return jsonKind(plain) === type ? plain : undefined;
    default:
      return assertNever(type);
  }
}

function jsonKind(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return 'array';
    return typeof value === 'object' && value !== null ? 'object' : undefined;
  } catch {
    return undefined;
  }
}

function readBoolean(text: string): string | undefined {
  if (['yes', 'true', 'on', '1'].includes(text)) return 'true';
  return ['no', 'false', 'off', '0'].includes(text) ? 'false' : undefined;
}

/** A day that exists: `2026-02-30` is none. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/*
 * The life of a change: what an operator asked for with a command or on an alert.
 *
 * proposed    Shown to one person. Nothing happens unless that person confirms it, and soon.
 *             ► confirmed, or over: canceled, or the same as one that was confirmed a moment before
 * confirmed   Written down before the click was acknowledged: it is carried out, or its person hears why not.
 *             ► sending once everything was checked afresh, else over, with nothing sent
 * sending     Written down before the request leaves: whatever happens now, it is never sent again.
 *             ► following when the system took it; over when it refused, was not reached, or nobody knows
 * following   The system took it, and its effect is watched.
 *             ► following while the run is under way; over once it has come to rest
 * over        It has an outcome, or counts as another change, for good.
 *
 * Every writer goes through `changeAfter` inside its transaction; nothing else sets the phase of a change.
 */

const promises: Readonly<Record<Phase, string>> = {
  proposed: 'It was shown to one person. Nothing happens unless that person confirms it, and soon.',
  confirmed:
    'It was written down before the click was acknowledged. It is carried out, or its person hears why not.',
  sending: 'It was written down before the request leaves. Whatever happens now, it is never sent again.',
  following: 'The system accepted it. Its effect is watched, and reported once the run has stopped.',
  over: 'It has an outcome, or counts as another change. Nothing more happens.',
};

const meanings: Readonly<Record<ChangeEvent['kind'], string>> = {
  confirmed: 'Whoever it was shown to wants it.',
  repeated: 'The same person confirmed the same change a moment before; this one counts as that one.',
  canceled: 'Whoever it was shown to does not want it.',
  withheld: 'A fresh check found that it must not, or cannot, be sent, or it became too old.',
  sending: 'Everything was checked; the request leaves now.',
  taken: 'The system accepted it.',
  refused: 'The system said no.',
  undelivered: 'The request certainly did not arrive.',
  unanswered: 'Nobody knows whether the request arrived: there was no answer, or the bot stopped meanwhile.',
  seen: 'What it did was looked at.',
  retired: 'Its system was taken out of the settings.',
};

const transitions: Transitions<Phase, ChangeEvent['kind']> = {
  proposed: { confirmed: ['confirmed'], repeated: ['over'], canceled: ['over'] },
  confirmed: { withheld: ['over'], sending: ['sending'], retired: ['over'] },
  sending: {
    taken: ['following'],
    refused: ['over'],
    undelivered: ['over'],
    unanswered: ['over'],
    retired: ['over'],
  },
  following: { seen: ['following', 'over'], retired: ['over'] },
  over: {},
};

/** The life of a change as a table, for documentation. */
export const changeLifecycle = lifecycleTable('Change', { promises, meanings, transitions });

type Phase = ChangeRecord['phase'];

type OutcomeOf<Kind extends ChangeOutcome['kind']> = Extract<ChangeOutcome, { kind: Kind }>;

/** Where the person is answered, if elsewhere than the proposal was shown. */
type Place = Pick<ChangeRecord, 'channel' | 'responseUrl'>;

/** Why a confirmed change is not sent. */
export type WithheldOutcome = Exclude<ChangeOutcome, OutcomeOf<'done' | 'refused' | 'unknown'>>;

/** What may happen to a change. */
export type ChangeEvent =
  | {
      readonly kind: 'confirmed';
      readonly atMs: number;
      /** The replica that has taken it on. */
      readonly replicaId: string;
      readonly place?: Place;
    }
  | { readonly kind: 'repeated'; readonly twin: ChangeRecord; readonly place?: Place }
  | { readonly kind: 'canceled' }
  | { readonly kind: 'withheld'; readonly outcome: WithheldOutcome }
  | { readonly kind: 'sending'; readonly deadlineMs: number; readonly replicaId: string }
  | { readonly kind: 'taken'; readonly started?: InstanceRef }
  | { readonly kind: 'refused'; readonly outcome: OutcomeOf<'refused' | 'unknown'> }
  | { readonly kind: 'undelivered'; readonly outcome: OutcomeOf<'unreachable' | 'not-sent'> }
  | { readonly kind: 'unanswered' }
  | {
      readonly kind: 'seen';
      readonly outcome: OutcomeOf<'done'>;
      readonly isAtRest: boolean;
      /** Whether somebody waits for an answer, so that a run still under way is told too. */
      readonly isFirst: boolean;
    }
  | { readonly kind: 'retired' };

/** What a step of a change makes due: all of it in the same transaction, but for the private reply. */
export type ChangeNotification =
  /** Whoever asked is told how it stands. */
  | { readonly kind: 'reply' }
  /** The message about its batch, in the thread of an alert, is made true. */
  | { readonly kind: 'thread'; readonly batch: NonNullable<ChangeRecord['batch']> }
  /** Cards of this activity do not say any more that the change may have answered it. */
  | { readonly kind: 'cards'; readonly system: string; readonly activityId: string };

/** What a change has become, and who is to be told. */
export interface ChangeStep {
  readonly change: ChangeRecord;
  readonly notifications: readonly ChangeNotification[];
}

/**
 * Tells what an event makes of a change; undefined where its table has no such step, and nothing happens.
 *
 * So whoever comes late, or comes twice, changes nothing.
 */
export function changeAfter(change: ChangeRecord, event: ChangeEvent): ChangeStep | undefined {
  return transitions[change.phase][event.kind] && stepOf(change, event);
}

/** Begins a change: what a person is shown before anything happens. */
export function newProposal(what: Omit<ChangeRecord, 'phase'>): ChangeRecord {
  return { ...what, phase: 'proposed' };
}

/** A proposal somebody comes back to after this long may be about another world. */
const proposalLastsMs = 10 * 60_000;

/** Tells whether a proposal is still young enough to be confirmed. */
export function isProposalFresh({ proposedAtMs }: ChangeRecord, nowMs: number): boolean {
  return nowMs - proposedAtMs <= proposalLastsMs;
}

/** Tells whether the request of a change has left, or may have, without the system having refused it. */
export function mayHaveArrived({ phase, outcome }: Pick<ChangeRecord, 'phase' | 'outcome'>): boolean {
  if (phase !== 'over') return phase === 'sending' || phase === 'following';
  return outcome?.kind === 'done' || outcome?.kind === 'unknown';
}

/** Lists the people whose commands may have answered an activity, each once. */
export function peopleWhoMayHaveDecided(decidingActions: readonly ChangeRecord[]): readonly PersonId[] {
  const people = decidingActions.filter(mayHaveArrived).map(({ person }) => person);
  return people.filter((one, at) => people.findIndex((other) => isSamePerson(one, other)) === at);
}

function stepOf(change: ChangeRecord, event: ChangeEvent): ChangeStep {
  switch (event.kind) {
    case 'confirmed': {
      const { atMs, replicaId, place } = event;
      const next: ChangeRecord = {
        ...change,
        ...place,
        phase: 'confirmed',
        confirmedAtMs: atMs,
        replicaId: replicaId,
      };
      return { change: next, notifications: next.batch ? replyTo(next) : [] };
    }
    case 'repeated': {
      const next: ChangeRecord = { ...change, ...event.place, phase: 'over', sameAs: event.twin.id };
      return { change: next, notifications: [] };
    }
    case 'canceled':
      return { change: { ...change, phase: 'over', outcome: { kind: 'not-sent' } }, notifications: [] };
    case 'sending': {
      const { deadlineMs, replicaId } = event;
      return { change: { ...change, phase: 'sending', deadlineMs, replicaId: replicaId }, notifications: [] };
    }
    case 'taken':
      return {
        change: { ...change, phase: 'following', ...defined({ started: event.started }) },
        notifications: [],
      };
    case 'seen': {
      const seen = { ...change, ...defined({ started: event.outcome.started }) };
      if (event.isAtRest) return over(seen, event.outcome);
      return { change: seen, notifications: event.isFirst ? replyTo(seen) : [] };
    }
    case 'withheld':
    case 'refused':
    case 'undelivered':
      return over(change, event.outcome);
    case 'unanswered':
      return over(change, { kind: 'unknown' });
    case 'retired':
      return over(change, outcomeOfRetired(change));
    default:
      return assertNever(event);
  }
}

/** Says no more than is known: of what was on its way nobody can tell, and what the system took it took. */
function outcomeOfRetired({ phase, started }: ChangeRecord): ChangeOutcome {
  if (phase === 'sending') return { kind: 'unknown' };
  return phase === 'following' ? { kind: 'done', ...defined({ started }) } : { kind: 'not-sent' };
}

function over(before: ChangeRecord, outcome: ChangeOutcome): ChangeStep {
  const change: ChangeRecord = { ...before, phase: 'over', outcome };
  const wasOnItsWay = mayHaveArrived(before);
  return {
    change,
    notifications: [...replyTo(change), ...(wasOnItsWay && !mayHaveArrived(change) ? cardsOf(change) : [])],
  };
}

/** What was asked for on an alert is told in its thread, for everybody. */
function replyTo({ batch }: ChangeRecord): readonly ChangeNotification[] {
  return [batch ? { kind: 'thread', batch } : { kind: 'reply' }];
}

function cardsOf({ change }: ChangeRecord): readonly ChangeNotification[] {
  if (change.kind !== 'alert') return [];
  return [{ kind: 'cards', system: systemOfChange(change), activityId: activityIdOf(change.activityId) }];
}
