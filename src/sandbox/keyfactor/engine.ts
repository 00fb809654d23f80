/** The only signal a Require Approval step knows. */
export const approvalSignal = 'ApprovalStatus';

/** How a signal relates to the run it was sent to. */
export type SignalFit = 'fits' | 'not-suspended' | 'wrong-key' | 'no-role' | 'second-signal';

/** Tells whether a signal fits the step where the run stands now; earlier and later steps never fit. */
export function judgeSignal(
  instance: Instance,
  steps: readonly Step[],
  sender: { readonly key: string; readonly name: string; readonly roles: readonly string[] },
): SignalFit {
  if (instance.status !== 'Suspended') return 'not-suspended';
  if (sender.key !== `${instance.stepName}.${approvalSignal}`) return 'wrong-key';
  if (!holdsApprovalRole(instance, steps, sender.roles)) return 'no-role';
  return hasSignalled(instance, sender.name) ? 'second-signal' : 'fits';
}

/** Tells whether the run waits for this identity: its role is asked and it has not answered yet. */
export function isAssignedTo(
  instance: Instance,
  steps: readonly Step[],
  person: { readonly name: string; readonly roles: readonly string[] },
): boolean {
  if (instance.status !== 'Suspended') return false;
  return holdsApprovalRole(instance, steps, person.roles) && !hasSignalled(instance, person.name);
}

/** Tells whether this identity's answer to the current step is already counted. */
export function hasSignalled(instance: Instance, identity: string): boolean {
  return instance.received.some((signal) => signal.identity === identity);
}

/** Writes a signal down without moving the run, as the lock conflict does. */
export function recordSignal(instance: Instance, signal: ReceivedSignal): Instance {
  const comments = [instance.stateData.approvalsignalcmnts, signal.comment];
  const heard = comments.filter((comment) => typeof comment === 'string' && comment !== '').join('\n');
  const stateData = { ...instance.stateData, approvalsignalcmnts: heard };
  return { ...instance, received: [...instance.received, signal], stateData };
}

/** Moves the run on when its counted signals allow it: one denial rejects, enough approvals continue. */
export function continueIfEligible(instance: Instance, steps: readonly Step[]): Instance {
  const step = stepNamed(steps, instance.stepName);
  if (instance.status !== 'Suspended' || !step?.approval) return instance;
  if (instance.received.some((signal) => !signal.approved)) {
    return { ...instance, status: 'Rejected', statusMessage: `${step.displayName} was denied.` };
  }
  const missing = step.approval.minimumApprovals - instance.received.length;
  return missing > 0 ? waiting(instance, missing) : runOn(instance, steps);
}

function holdsApprovalRole(instance: Instance, steps: readonly Step[], roles: readonly string[]): boolean {
  const rule = stepNamed(steps, instance.stepName)?.approval;
  if (!rule) return false;
  const requested = [...rule.roles, ...rule.roleTokens.map((token) => roleBehind(token, instance))];
  return requested.some((role) => roles.includes(role));
}

function roleBehind(token: string, instance: Instance): string {
  const wanted = token.replace(/^\$\((.*)\)$/, '$1').toLowerCase();
  const found = Object.entries(instance.stateData).find(([key]) => key.toLowerCase() === wanted);
  return String(found?.[1] ?? '');
}

/** A graph with a ring in it would run for ever; the real server stops such a run too. */
const MOST_STEPS = 100;

/** Finds where a run begins: the one step no other step leads to. */
export function firstStep(steps: readonly Step[]): Step | undefined {
  const targets = new Set(steps.flatMap((step) => Object.values(step.outputs)));
  return steps.find((step) => !targets.has(step.uniqueName));
}

/** Runs an instance from a step until it waits, pauses, ends or fails. */
export function runFrom(instance: Instance, steps: readonly Step[], first: Step): Instance {
  let step = first;
  for (let count = 0; count < MOST_STEPS; count += 1) {
    const here = { ...instance, stepName: step.uniqueName, received: [] };
    if (!isSkipped(step)) {
      if (step.approval !== null) return waiting(here, step.approval.minimumApprovals);
      if (step.failsWith !== null) return { ...here, status: 'Failed', statusMessage: step.failsWith };
      if (step.pauses) return { ...here, status: 'Running', statusMessage: null };
    }
    const next = stepNamed(steps, step.outputs.continue);
    if (next === undefined) return { ...here, status: 'Complete', statusMessage: null };
    step = next;
  }
  return { ...instance, status: 'Failed', statusMessage: 'The workflow never ends.' };
}

/** Runs on with the step behind the current one. */
export function runOn(instance: Instance, steps: readonly Step[]): Instance {
  const current = stepNamed(steps, instance.stepName);
  const next = stepNamed(steps, current?.outputs.continue);
  if (next === undefined) return { ...instance, status: 'Complete', statusMessage: null };
  return runFrom(instance, steps, next);
}

/** Puts an instance to people, with the wording the portal shows. */
function waiting(instance: Instance, missing: number): Instance {
  const statusMessage = `Awaiting ${missing} more approval(s) from approval roles.`;
  return { ...instance, status: 'Suspended', statusMessage };
}

function isSkipped(step: Step): boolean {
  return !step.enabled || step.conditions.some(({ value }) => value.toLowerCase() !== 'true');
}

/** Finds a step by the name other steps and signal keys use for it. */
export function stepNamed(steps: readonly Step[], uniqueName: string | undefined): Step | undefined {
  return steps.find((step) => step.uniqueName === uniqueName);
}

/** The six states Command names; a finished run is `Complete`, `Rejected` or `CanceledForRestart`. */
export type InstanceStatus =
  | 'CanceledForRestart'
  | 'Complete'
  | 'Failed'
  | 'Rejected'
  | 'Running'
  | 'Suspended';

/** Free-form values of a run; the server promises nothing about keys or value types. */
export type DataBag = Readonly<Record<string, unknown>>;

/** One run of a definition, as a value: every change makes a new one. */
export interface Instance {
  readonly id: string;
  readonly referenceId: number;
  readonly definitionId: string;
  /** Kept from the start, whatever is published later. */
  readonly definitionVersion: number;
  readonly title: string;
  readonly initiator: string;
  readonly status: InstanceStatus;
  readonly statusMessage: string | null;
  readonly stepName: string;
  readonly startedAt: number;
  readonly modifiedAt: number;
  readonly initialData: DataBag;
  readonly stateData: DataBag;
  /** Signals counted at the current step only. */
  readonly received: readonly ReceivedSignal[];
}

/** A signal the current step has counted. */
export interface ReceivedSignal {
  readonly identity: string;
  readonly approved: boolean;
  readonly comment: string;
}

/** Who may answer a Require Approval step, and how many different identities have to. */
interface ApprovalRule {
  readonly roles: readonly string[];
  /** Tokens such as `$(ownerrole)`, each replaced at run time by the role that data key names. */
  readonly roleTokens: readonly string[];
  readonly minimumApprovals: number;
}

/** One node of a definition's graph. */
export interface Step {
  readonly id: string;
  readonly uniqueName: string;
  readonly displayName: string;
  readonly extensionName: string;
  readonly enabled: boolean;
  readonly configuration: DataBag;
  /** A step is skipped when one of its conditions is not "True". */
  readonly conditions: readonly { readonly id: string; readonly value: string }[];
  /** Edges of the graph; the engine follows `continue`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly approval: ApprovalRule | null;
  /** The run stays `Running` here until somebody advances it. */
  readonly pauses: boolean;
  /** What a run that reaches this step fails with; null where it does not fail. */
  readonly failsWith: string | null;
}

/** What a test or the demo says about one step; everything left out gets a plausible value. */
export interface StepSketch extends Partial<ApprovalRule> {
  /** Step extension, for instance `RequireApproval`, `Email` or `EnrollStep`. */
  readonly extensionName: string;
  readonly uniqueName: string;
  readonly displayName?: string;
  readonly configuration?: DataBag;
  readonly conditions?: readonly string[];
  readonly enabled?: boolean;
  readonly pauses?: boolean;
  /** Makes every run fail here, with this message. */
  readonly failsWith?: string;
}

/**
 * Builds the graph of one definition version from its working steps in order.
 *
 * Start and end nodes are added as the portal does, and the array comes out in an order that says nothing
 * about execution, so that a reader has to follow the edges.
 */
function buildSteps(sketches: readonly StepSketch[], newId: () => string): readonly Step[] {
  const ends = (uniqueName: string): StepSketch => ({ extensionName: 'NOOPStep', uniqueName });
  const all = [ends('StartNOOP'), ...sketches, ends('EndNOOP')];
  const steps = all.map((sketch, index) => toStep(sketch, all[index + 1]?.uniqueName, newId));
  return [...steps.slice(-1), ...steps.slice(1, -1).reverse(), ...steps.slice(0, 1)];
}

function toStep(sketch: StepSketch, next: string | undefined, newId: () => string): Step {
  const { uniqueName, extensionName, roles = [], roleTokens = [], minimumApprovals = 1 } = sketch;
  return {
    id: newId(),
    uniqueName,
    displayName: sketch.displayName ?? uniqueName,
    extensionName,
    enabled: sketch.enabled ?? true,
    configuration: sketch.configuration ?? {},
    conditions: (sketch.conditions ?? []).map((value) => ({ id: newId(), value })),
    outputs: next === undefined ? {} : { continue: next },
    approval: extensionName === 'RequireApproval' ? { roles, roleTokens, minimumApprovals } : null,
    pauses: sketch.pauses ?? false,
    failsWith: sketch.failsWith ?? null,
  };
}

/** A workflow definition with all versions it ever had. */
export interface Definition {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** Template, collection or alert the definition is for, as text. */
  readonly key: string | null;
  readonly keyDisplayName: string | null;
  readonly workflowType: string;
  readonly enabled: boolean;
  /** Steps per version, version 1 first; the last one is the draft. */
  readonly versions: readonly (readonly Step[])[];
  readonly publishedVersion: number | null;
}

/** What a test or the demo says about a new definition. */
interface DefinitionSketch {
  readonly displayName: string;
  readonly workflowType: string;
  readonly steps: readonly StepSketch[];
  readonly description?: string;
  readonly key?: string;
  readonly keyDisplayName?: string;
  /** False leaves version 1 a draft. */
  readonly publish?: boolean;
}

/** Creates a server without definitions. */
export function createDefinitions(newId: () => string) {
  const definitions = new Map<string, Definition>();
  const known = (id: string): Definition => {
    const definition = definitions.get(id);
    if (definition === undefined) throw new Error(`The simulator has no definition ${id}.`);
    return definition;
  };
  return {
    /** Adds a definition, published unless told otherwise, and returns its id. */
    add({ displayName, workflowType, steps, description, key, keyDisplayName, publish }: DefinitionSketch) {
      const id = newId();
      definitions.set(id, {
        id,
        displayName,
        description: description ?? displayName,
        key: key ?? null,
        keyDisplayName: keyDisplayName ?? null,
        workflowType,
        enabled: true,
        versions: [buildSteps(steps, newId)],
        publishedVersion: publish === false ? null : 1,
      });
      return id;
    },
    /** Adds a draft version and returns its number. */
    addVersion(id: string, steps: readonly StepSketch[]): number {
      const versions = [...known(id).versions, buildSteps(steps, newId)];
      definitions.set(id, { ...known(id), versions });
      return versions.length;
    },
    /** Publishes a version, the latest one unless told. */
    publish(id: string, version?: number): void {
      definitions.set(id, { ...known(id), publishedVersion: version ?? known(id).versions.length });
    },
    all: (): readonly Definition[] => [...definitions.values()],
    find: (id: string) => definitions.get(id.toLowerCase()) ?? definitions.get(id),
  };
}
