import { type AlertProblem, type Control, type ExecutionStatus, usualControls } from './engine.js';
import type { ErrorForm } from './exchange.js';
import type { ResponseShape, StatusForm } from './wire.js';

/** What becomes of a call that cannot do what it asks: an error, a polite yes, or the answer `false`. */
type Futile = 'error' | 'accepted' | 'false';

/** What is undocumented, or differs between installations, and is therefore a switch here. */
export interface Behaviour {
  /** False until an administrator has made the folder an application in IIS: a page says 404. */
  readonly isConverted: boolean;
  /** An old build knows the operations by GET only and answers 405 to all of today's POST calls. */
  readonly isLegacy: boolean;
  readonly credentials: 'bearer' | 'none';
  /** Whose tokens count. */
  readonly trusts: 'aim' | 'entra' | 'both';
  readonly tokenLifetimeSeconds: number;
  /** Whether the extra `AccessToken` header has to carry the token as well. */
  readonly needsAccessTokenHeader: boolean;
  /** Whether `user` has to be the one the token was issued to. */
  readonly userMustMatchToken: boolean;
  /** Whether keys of bodies and queries are found in any casing, as ASP.NET usually does. */
  readonly caseInsensitiveKeys: boolean;
  /** A proxy in front may compare paths letter by letter. */
  readonly caseSensitivePaths: boolean;
  readonly idsAs: 'any' | 'number' | 'string';
  readonly variablesAs: 'any' | 'array' | 'json-string';
  /** Whether a variable the workflow does not declare is refused or ignored. */
  readonly unknownVariable: 'error' | 'ignored';
  /** Whether `data` has to be well-formed XML where it is given. */
  readonly checksData: boolean;
  /** Where a variable is read; at the other path and name nothing is found. */
  readonly variablePath: 'activityoutput' | 'variablevalue' | 'both';
  /** `by-hand` moves an execution only on `advance`. */
  readonly engine: 'running' | 'by-hand' | 'stopped';
  /** What a stopped engine does with new work. */
  readonly stoppedEngine: 'refuses' | 'queues';
  /** Old versions have one message for: engine stopped, not published, not possible in this state. */
  readonly engineMessages: 'separate' | 'one-for-all';
  /** In which states each control works. */
  readonly controls: Readonly<Record<Control, readonly ExecutionStatus[]>>;
  readonly illegalControl: Futile;
  /** Answer to an alert that fits nothing, by what is wrong with it. */
  readonly futileAlert: Readonly<Record<AlertProblem, Futile>>;
  /** Whether an alert tidies up the inboxes. */
  readonly alertClosesWorkItems: boolean;
  /** Answer when an execution, activity or variable that is asked for does not exist. */
  readonly notFound: 'error' | 'empty' | 'null';
  readonly errors: ErrorForm;
  readonly engineErrorStatus: number;
  /** One shape for all answers; null goes by `shapes`. */
  readonly shape: ResponseShape | null;
  readonly shapes: Readonly<Record<OperationName, ResponseShape>>;
  readonly statusAs: StatusForm;
  /** Sends something else for a state, for instance one a client has never heard of. */
  readonly statusOverride: Readonly<Partial<Record<ExecutionStatus, string>>>;
}

/** A current on-premises server: the documented requests, and the likeliest guess for all answers. */
export const usualBehaviour: Behaviour = {
  isConverted: true,
  isLegacy: false,
  credentials: 'bearer',
  trusts: 'both',
  tokenLifetimeSeconds: 3600,
  needsAccessTokenHeader: false,
  userMustMatchToken: false,
  caseInsensitiveKeys: true,
  caseSensitivePaths: false,
  idsAs: 'any',
  variablesAs: 'array',
  unknownVariable: 'error',
  checksData: true,
  variablePath: 'activityoutput',
  engine: 'running',
  stoppedEngine: 'refuses',
  engineMessages: 'separate',
  controls: usualControls,
  illegalControl: 'error',
  futileAlert: {
    'unknown-details-id': 'error',
    'wrong-workflow': 'error',
    'not-asleep': 'error',
    'wrong-output': 'error',
    'wrong-status': 'error',
  },
  alertClosesWorkItems: false,
  notFound: 'error',
  errors: 'json',
  engineErrorStatus: 500,
  shape: null,
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
  },
  statusAs: 'code',
  statusOverride: {},
};

/** The operations as the vendor spells them; the last one is the other name of reading a variable. */
export type OperationName =
  | 'execute'
  | 'executewithvariables'
  | 'abort'
  | 'pause'
  | 'resume'
  | 'resumeworkflowwitherrors'
  | 'AlertEngine'
  | 'status'
  | 'lastinstance'
  | 'activityoutput'
  | 'variablevalue';
