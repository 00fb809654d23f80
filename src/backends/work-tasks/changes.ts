import { parse, stringify } from 'lossless-json';
import type { SignalRefusal } from '../../domain/approval.js';
import {
  type Change,
  isAllowed,
  readValue,
  type Variable,
  type VariableType,
  withoutVersion,
} from '../../domain/change.js';
import type { Instance } from '../../domain/instance.js';
import type {
  ActingIdentity,
  ChangeRefusal,
  ChangeResult,
  OutgoingSignal,
  SignalResult,
} from '../../ports/backend.js';
import { isBackendFailure } from '../../ports/errors.js';
import { assertNever, defined } from '../../shared/language.js';
import type { Executions, WorkTasksClient } from './executions.js';
import type { RepositorySettings, WorkflowSettings, WorkTasksSecrets, WorkTasksServer } from './settings.js';
import { executionRef, parseExecutionRef, type WebApiResponse } from './wire.js';

/** What changes are made with. */
interface ChangeContext extends PlanContext {
  readonly client: WorkTasksClient;
  readonly executions: Pick<Executions, 'read'>;
}

/**
 * Sends a decision: an alert moves the waiting activity along the chosen output, as the person the settings name. It
 * is sent once, and never again by itself.
 *
 * Which activity waits is not told by the API, so without its id nothing is sent.
 */
export async function alertActivity(
  { ref }: Pick<Instance, 'ref'>,
  { output, activityId, identity, as: access }: OutgoingSignal,
  context: ChangeContext,
): Promise<SignalResult> {
  if (output === undefined || activityId === undefined)
    return { kind: 'refused', reason: 'bad-request', isUnsent: true };
  const as = defined({ identity, as: access });
  if (actingUser(as, context.server.userTemplate).kind === 'none')
    return { kind: 'refused', reason: 'nobody-mapped', isUnsent: true };
  const result = await makeChange({ kind: 'alert', instance: ref, activityId, output }, as, context);
  if (result.kind === 'accepted') return { kind: 'accepted' };
  const isUnsent = result.reason === 'not-sendable';
  const more = isUnsent ? { isUnsent } : defined({ said: result.said });
  return { kind: 'refused', reason: refusalOf(result.reason), ...more };
}

/** An activity that is not there, or not asleep, has its answer from elsewhere. */
function refusalOf(reason: ChangeRefusal): SignalRefusal {
  switch (reason) {
    case 'no-permission':
      return 'no-role';
    case 'not-found':
    case 'wrong-state':
      return 'not-waiting';
    case 'bad-request':
    case 'not-published':
    case 'not-sendable':
      return 'bad-request';
    case 'engine-down':
    case 'sign-in':
      return reason;
    default:
      return assertNever(reason);
  }
}

/**
 * Makes a change on behalf of somebody: it is sent once, and never again by itself.
 *
 * Throws `BackendError` when it may have been made all the same.
 */
export async function makeChange(
  change: Change,
  as: ActingIdentity,
  context: ChangeContext,
): Promise<ChangeResult> {
  const { client, executions } = context;
  const plan = planChange(change, as, context);
  if (plan.kind === 'refused') return plan;
  const answer = await client.write(plan.call, plan.body, as.as);
  const outcome = answer.outcomeOfChange();
  if (outcome.kind === 'done') {
    return change.kind === 'execute' ? startedAs(answer, plan.body.workflow) : accepted;
  }
  // Left out before the sentence is cut, so that no half of a value stays.
  const quiet = answer.with(withoutValues(answer.response.body, plan.confidential));
  if (outcome.kind === 'unclear') throw client.unexpected(answer, quiet.said);
  const { reason } = outcome;
  const isVague = change.kind !== 'execute' && (reason === 'engine-down' || reason === 'bad-request');
  const isElsewhere = isVague && (await isOutOfPlace(change, executions));
  return refused(isElsewhere ? 'wrong-state' : reason, saidIn(quiet));
}

const accepted: ChangeResult = { kind: 'accepted' };

function refused(reason: Extract<ChangeResult, { kind: 'refused' }>['reason'], said: string): ChangeResult {
  return { kind: 'refused', reason, ...(said === '' ? {} : { said }) };
}

function saidIn(answer: WebApiResponse): string {
  const outcome = answer.outcomeOfChange();
  return outcome.kind === 'refused' ? outcome.said : '';
}

/** Names what was started; a server that says yes without an id has started it all the same. */
function startedAs(answer: WebApiResponse, workflow: string): ChangeResult {
  const reading = answer.executionId();
  if (reading.kind === 'none-made') return refused('bad-request', 'the server made no execution');
  if (reading.kind === 'absent') return accepted;
  return {
    kind: 'accepted',
    started: executionRef(answer.request.system, { workflow, executionId: reading.executionId }),
  };
}

/** Tells whether a run stands where the change makes no sense, which vague refusals may have meant. */
async function isOutOfPlace(
  change: Exclude<Change, { kind: 'execute' }>,
  executions: Pick<Executions, 'read'>,
): Promise<boolean> {
  try {
    const reading = await executions.read(change.instance);
    return reading.kind === 'found' && !fits(change, reading.instance);
  } catch (error) {
    if (isBackendFailure(error)) return false;
    throw error;
  }
}

/** A paused run resumes; one that failed resumes after its error. */
function fits(change: Exclude<Change, { kind: 'execute' }>, instance: Instance): boolean {
  const { kind } = instance.status;
  if (change.kind === 'resume' && (kind === 'paused' || kind === 'failed')) {
    return change.afterError === (kind === 'failed');
  }
  return isAllowed(change.kind, instance);
}

/** Works out the call a change takes. */
export function planChange(change: Change, as: ActingIdentity, context: PlanContext): Plan {
  const acting = actingUser(as, context.server.userTemplate);
  if (acting.kind === 'none') return unsendable(acting.said);
  switch (change.kind) {
    case 'execute':
      return planStart(change, acting.user, context);
    case 'alert':
      return planAlert(change, acting.user, context);
    case 'abort':
    case 'pause':
      return planControl(change, change.kind, acting.user, context);
    case 'cancel':
      return planControl(change, 'abort', acting.user, context);
    case 'resume':
      return planControl(change, change.afterError ? 'resumeAfterError' : 'resume', acting.user, context);
    default:
      return unsendable(`there is no ${change.kind} in Work Tasks`);
  }
}

function planControl(
  { instance }: Extract<Change, { kind: 'abort' | 'cancel' | 'pause' | 'resume' }>,
  call: WriteCall,
  user: string,
  { server, repository }: PlanContext,
): Plan {
  const ref = parseExecutionRef(instance.id);
  if (ref === undefined) return unsendable('that names no execution');
  const body = {
    repository: repository.repository,
    workflow: ref.workflow,
    executionid: idAs(server.ids, ref.executionId),
    user,
  };
  return { kind: 'send', call, body, confidential: [] };
}

function planAlert(
  { instance, activityId, output, ...typed }: Extract<Change, { kind: 'alert' }>,
  user: string,
  { server, repository }: PlanContext,
): Plan {
  const ref = parseExecutionRef(instance.id);
  if (ref === undefined) return unsendable('that names no execution');
  if (!/^\d+$/.test(activityId)) return unsendable('the id of the activity has to be a number');
  const known = repository.workflows.find(({ name }) => name === ref.workflow);
  const activities = known?.activities ?? [];
  const label = labelFor(
    output,
    activities.flatMap((activity) => activity.outputs),
  );
  if (label === undefined) return unsendable(`the settings list no output ${output}`);
  // The API goes by the number of one execution of an activity, so which one it is shows in the output alone.
  const activity = activities.find(({ outputs }) => outputs.includes(label));
  const data = typed.data ?? activity?.data ?? server.dataDefault;
  const body = {
    repository: repository.repository,
    workflow: ref.workflow,
    executiondetailsid: idAs(server.ids, activityId),
    user,
    data,
    output: label,
    status: typed.status ?? activity?.status ?? 'Completed',
  };
  return { kind: 'send', call: 'alert', body, confidential: [data] };
}

/** Spells an output as the settings do, since the server compares letter by letter. */
function labelFor(output: string, outputs: readonly string[]): string | undefined {
  if (outputs.length === 0 || outputs.includes(output)) return output;
  return outputs.find((label) => label.toLowerCase() === output.trim().toLowerCase());
}

function idAs(form: WorkTasksServer['ids'], id: string): string | number {
  return form === 'number' && /^\d{1,15}$/.test(id) ? Number(id) : id;
}

function unsendable(said: string): RefusedPlan {
  return { kind: 'refused', reason: 'not-sendable', said };
}

/** Works out the call that starts a workflow; only workflows the settings list are started. */
function planStart(
  { definition, variables, ...typed }: Extract<Change, { kind: 'execute' }>,
  user: string,
  { server, repository, secrets }: PlanContext,
): Plan {
  const known = repository.workflows.find(({ name }) => name.toLowerCase() === definition.toLowerCase());
  if (known === undefined) {
    return unsendable('the settings list no such workflow');
  }
  const start = startVariables(variables, known, server);
  if (start.kind === 'wrong') return unsendable(start.said);
  const names = { repository: repository.repository, workflow: known.name };
  const given = typed.data ?? known.data;
  if (start.variables.length === 0 && given === undefined) {
    // An empty version means the latest.
    const version = typed.version ?? known.version ?? '';
    return { kind: 'send', call: 'execute', body: { ...names, version, user }, confidential: [] };
  }
  if (typed.version !== undefined) return unsendable(withoutVersion);
  const refreshTokenInfo = server.sendRefreshTokenInfo ? secrets.refreshTokenInfo : undefined;
  const body = {
    ...names,
    user,
    data: given ?? server.dataDefault,
    variables: server.variables === 'array' ? start.variables : stringify(start.variables),
    ...(refreshTokenInfo === undefined ? {} : { refreshtokeninfo: asGiven(refreshTokenInfo) }),
  };
  return {
    kind: 'send',
    call: 'executeWithVariables',
    body,
    confidential: [body.data, ...start.texts, ...textsIn(refreshTokenInfo)],
  };
}

/** Its keys are documented nowhere: what is given is passed on. */
function asGiven(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

function textsIn(refreshTokenInfo: string | undefined): readonly string[] {
  if (refreshTokenInfo === undefined) return [];
  const value = asGiven(refreshTokenInfo);
  const inner = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return [refreshTokenInfo, ...inner.filter((one) => typeof one === 'string')];
}

/** A variable as it is sent, with the keys AVEVA prints. */
interface SentVariable {
  readonly id?: string;
  readonly name: string;
  /** Text, or what JSON has for it; a number keeps its digits. */
  readonly value: unknown;
  readonly type: string;
}

/** Variables ready to send, or what is wrong with them; never tells a value. */
type StartVariables =
  | { readonly kind: 'ready'; readonly variables: readonly SentVariable[]; readonly texts: readonly string[] }
  | { readonly kind: 'wrong'; readonly said: string };

type Forms = Pick<WorkTasksServer, 'variableId' | 'variableValues' | 'dates'>;

/** Holds given values to what the settings say of a workflow, and fills in the defaults. */
function startVariables(
  given: readonly Variable[],
  { variables }: Pick<WorkflowSettings, 'variables'>,
  forms: Forms,
): StartVariables {
  const stranger = given.find(({ name }) => !variables.some((known) => known.name === name));
  if (stranger !== undefined)
    return { kind: 'wrong', said: `the settings list no variable ${stranger.name}` };
  const sent: SentVariable[] = [];
  const texts: string[] = [];
  for (const known of variables) {
    const { name, type, id } = known;
    const text = given.find((one) => one.name === name)?.value ?? known.default;
    if (text === undefined || (text.trim() === '' && type !== 'string')) {
      if (known.required) return { kind: 'wrong', said: `${name} is required` };
      continue;
    }
    const plain = written(text, type, forms.dates);
    if (plain === undefined) return { kind: 'wrong', said: `${name} has to be of type ${type}` };
    const idSent = id ?? (forms.variableId === 'name' ? name : undefined);
    const value = forms.variableValues === 'strings' ? plain : asJson(plain, type);
    // An XML variable is given as a text: page XMLVariableAPI.html of the vendor.
    sent.push({ ...defined({ id: idSent }), name, value, type: type === 'xml' ? 'string' : type });
    texts.push(plain);
  }
  return { kind: 'ready', variables: sent, texts };
}

/** Gives what JSON has for a value; a number beyond 2^53 keeps every digit. */
function asJson(plain: string, type: VariableType): unknown {
  const isText = type === 'string' || type === 'date' || type === 'actor' || type === 'xml';
  return isText ? plain : parse(plain);
}

/** Writes a value the way the server takes it; undefined where it does not fit its type. */
function written(text: string, type: VariableType, dates: Forms['dates']): string | undefined {
  if (type === 'date') return writtenDate(text.trim(), dates);
  // JSON has no number with a leading zero.
  return type === 'string' ? text : readValue(text, type)?.replace(/^(-?)0+(?=\d)/, '$1');
}

/** Takes `2026-12-31` and `12/31/2026`, and writes the one that is wanted. */
function writtenDate(text: string, dates: Forms['dates']): string | undefined {
  const iso = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  const us = /^(\d\d?)\/(\d\d?)\/(\d{4})$/.exec(text);
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : [us?.[3], us?.[1], us?.[2]];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const [mm, dd] = [month.padStart(2, '0'), day.padStart(2, '0')];
  const atMs = Date.parse(`${year}-${mm}-${dd}T00:00:00Z`);
  if (Number.isNaN(atMs) || new Date(atMs).getUTCDate() !== Number(dd)) return undefined;
  return dates === 'iso' ? `${year}-${mm}-${dd}` : `${mm}/${dd}/${year}`;
}

/** Shorter values would tear words apart, and give little away. */
const shortest = 3;

/** Leaves values that must not be repeated out of what a server said, plainly or as they stand in JSON. */
export function withoutValues(text: string, values: readonly string[]): string {
  return values
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
    .filter((value) => value.length >= shortest)
    .sort((one, other) => other.length - one.length)
    .reduce((left, value) => left.replaceAll(value, '…'), text);
}

/** On whose behalf a change is made, as the server wants it: `provider::id`. */
type ActingUser =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'none'; readonly said: string };

/**
 * Gives the user the settings map a person to; the server believes whatever it is told, so nothing is guessed.
 *
 * An e-mail address is put into the template, where there is one.
 */
export function actingUser({ identity }: ActingIdentity, template: string | undefined): ActingUser {
  if (identity === undefined || identity.trim() === '')
    return { kind: 'none', said: 'the settings name no user there for this person' };
  if (/^[a-z]+::[^\s:]/i.test(identity)) return { kind: 'user', user: identity };
  if (template !== undefined && /^[^\s@:]+@[^\s@:]+$/.test(identity)) {
    return { kind: 'user', user: template.replaceAll('{email}', () => identity) };
  }
  return {
    kind: 'none',
    said: 'the user that the settings name for this person is not in the form provider::id',
  };
}

type WriteCall = Parameters<WorkTasksClient['write']>[0];

/** Body of a call, with keys spelt as AVEVA prints them. */
type SentBody = Readonly<Record<string, unknown>> & { readonly workflow: string };

/** The call that makes a change, or why it is not even sent. */
type Plan =
  | {
      readonly kind: 'send';
      readonly call: WriteCall;
      readonly body: SentBody;
      /** What is in the body and must not be repeated anywhere. */
      readonly confidential: readonly string[];
    }
  | RefusedPlan;

/** A change that the settings or the person forbid. */
interface RefusedPlan {
  readonly kind: 'refused';
  readonly reason: 'not-sendable';
  readonly said: string;
}

/** What plans depend on. */
export interface PlanContext {
  readonly server: WorkTasksServer;
  readonly repository: RepositorySettings;
  readonly secrets: WorkTasksSecrets;
}
