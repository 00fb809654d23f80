import { type AlertProblem, type Control, type ExecutionStatus, usualControls } from './engine.js';
import type { ErrorForm } from './refusal.js';
import type { ResponseShape, StatusForm } from './wire.js';

/** What becomes of a call that cannot do what it asks: an error, a polite yes, or the answer `false`. */
type Futile = 'error' | 'accepted' | 'false';

/** What is undocumented, or differs between installations, and is therefore a switch here. */
export type Behaviour = Readonly<typeof usualBehaviour>;

/** A current on-premises server: the documented requests, and the likeliest guess for all answers. */
export const usualBehaviour = {
  /** False until an administrator has made the folder an application in IIS: a page says 404. */
  isConverted: true,
  /** An old build knows the operations by GET only and answers 405 to all of today's POST calls. */
  isLegacy: false,
  credentials: 'bearer' as 'bearer' | 'none',
  /** Whose tokens count. */
  trusts: 'both' as 'aim' | 'entra' | 'both',
  tokenLifetimeSeconds: 3600,
  /** Whether the extra `AccessToken` header has to carry the token as well. */
  needsAccessTokenHeader: false,
  /** Whether `user` has to be the one the token was issued to. */
  userMustMatchToken: false,
  /** Whether keys of bodies and queries are found in any casing, as ASP.NET usually does. */
  caseInsensitiveKeys: true,
  /** A proxy in front may compare paths letter by letter. */
  caseSensitivePaths: false,
  /** Longest query string that IIS lets through, its own default. */
  queryLimit: 2048,
  idsAs: 'any' as 'any' | 'number' | 'string',
  variablesAs: 'array' as 'any' | 'array' | 'json-string',
  /** Whether numbers, yes or no, lists and objects come as JSON has them, as the vendor prints a number, or as text. */
  valuesAs: 'typed' as 'any' | 'typed' | 'strings',
  /** How dates of variables are read: month/day/year, as designers write them, or as ISO has them. */
  datesAs: 'us' as 'us' | 'iso',
  /** Whether a variable the workflow does not declare is refused or ignored. */
  unknownVariable: 'error' as 'error' | 'ignored',
  /** Whether `data` has to be well-formed XML where it is given. */
  checksData: true,
  /** Where a variable is read; at the other path and name nothing is found. */
  variablePath: 'activityoutput' as 'activityoutput' | 'variablevalue' | 'both',
  /** `by-hand` moves an execution only on `advance`. */
  engine: 'running' as 'running' | 'by-hand' | 'stopped',
  /** What a stopped engine does with new work. */
  stoppedEngine: 'refuses' as 'refuses' | 'queues',
  /** Old versions have one message for: engine stopped, not published, not possible in this state. */
  engineMessages: 'separate' as 'separate' | 'one-for-all',
  /** In which states each control works. */
  controls: usualControls as Readonly<Record<Control, readonly ExecutionStatus[]>>,
  illegalControl: 'error' as Futile,
  /** Answer to an alert that fits nothing, by what is wrong with it. */
  futileAlert: {
    'unknown-details-id': 'error',
    'wrong-workflow': 'error',
    'not-asleep': 'error',
    'wrong-output': 'error',
    'wrong-status': 'error',
  } as Readonly<Record<AlertProblem, Futile>>,
  /** Whether an alert tidies up the inboxes. */
  alertClosesWorkItems: false,
  /** Answer when an execution, activity or variable that is asked for does not exist. */
  notFound: 'error' as 'error' | 'empty' | 'null',
  errors: 'json' as ErrorForm,
  engineErrorStatus: 500,
  /** One shape for all answers; null goes by `shapes`. */
  shape: null as ResponseShape | null,
  shapes: {
    execute: 'value',
    executewithvariables: 'value',
    abort: 'value',
    pause: 'value',
    resume: 'value',
    resumeworkflowwitherrors: 'value',
    AlertEngine: 'value',
    status: 'value',
    lastinstance: 'pascal-object',
    activityoutput: 'pascal-object',
    variablevalue: 'pascal-object',
  } as Readonly<Record<OperationName, ResponseShape>>,
  statusAs: 'code' as StatusForm,
  /** Sends something else for a state, for instance one a client has never heard of. */
  statusOverride: {} as Readonly<Partial<Record<ExecutionStatus, string>>>,
};

/** The operations as the vendor spells them; the last one is the other name of reading a variable. */
export type OperationName =
  | 'execute'
  | 'executewithvariables'
  | Control
  | 'AlertEngine'
  | 'status'
  | 'lastinstance'
  | 'activityoutput'
  | 'variablevalue';
