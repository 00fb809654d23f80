import { z } from 'zod';
import { variableTypes } from '../../domain/change.js';
import { duration } from '../../shared/duration.js';
import { isSafeUrl } from '../../shared/text.js';
import {
  type PersonSecret,
  personSignInMissing,
  personSignInSettings,
  saysWherePeopleSignIn,
  signalAsSetting,
} from '../kind.js';

/** Nothing waits longer than this for one answer. */
const longestTimeoutMs = 600_000;

const systemNameSettings = z
  .string()
  .regex(/^[a-z0-9-]+$/, 'use lower-case letters, digits and dashes, such as plant')
  .refine((name) => name !== 'constructor', 'another name: every object has something of this one');

const xml = z.string().regex(/^\s*<[\s\S]*>\s*$/, 'write well-formed XML, such as <data/>');

const variable = z.strictObject({
  name: z.string().min(1).describe('Name of the variable, as the workflow’s designer wrote it.'),
  type: z.enum(variableTypes).prefault('string').describe('Type of the value.'),
  required: z.boolean().prefault(false).describe('Whether the workflow cannot be started without it.'),
  default: z.string().optional().describe('Value when a person gives none.'),
  id: z
    .string()
    .min(1)
    .optional()
    .describe('ID of the variable inside the workflow, where the server needs it.'),
});

const activity = z.strictObject({
  name: z.string().min(1).describe('Name of the activity, as the workflow’s designer wrote it.'),
  outputs: z
    .array(z.string().min(1))
    .prefault([])
    .describe('Labels of the links that leave it, exactly as written.')
    .meta({ examples: [['Approved', 'Rejected']] }),
  status: z
    .string()
    .regex(/^[a-z]+$/i, 'write one word, such as Completed or Sleep')
    .prefault('Completed')
    .describe('What the activity is after an alert: Completed ends it, Sleep leaves it waiting.')
    .meta({ examples: ['Completed'] }),
  data: xml
    .optional()
    .describe('XML sent to the activity with an alert; by default that of dataDefault.')
    .meta({ examples: ['<answer>yes</answer>'] }),
});

/** A workflow the bot may start, and what it has to know of it, because the API describes none. */
const workflowSettings = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .describe('Name of the workflow in the repository, exactly as written there, spaces included.')
      .meta({ examples: ['Leave WF'] }),
    title: z
      .string()
      .min(1)
      .optional()
      .describe('What people read instead of the name.')
      .meta({ examples: ['Leave request'] }),
    watch: z
      .enum(['off', 'on'])
      .prefault('off')
      .describe(
        'Whether alerts report executions that others start as well. Each poll sees only the latest one, so of several started between two polls, one is reported.',
      )
      .meta({ examples: ['on'] }),
    version: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Version to start; by default the latest. Only without values, since Work Tasks starts the latest version with them.',
      )
      .meta({ examples: ['2'] }),
    data: xml
      .optional()
      .describe('XML it is started with; by default that of dataDefault, and only together with values.')
      .meta({ examples: ['<request/>'] }),
    typedData: z
      .enum(['off', 'on'])
      .prefault('off')
      .describe('Whether those who may start it may also type the XML it is started with.')
      .meta({ examples: ['on'] }),
    variables: z
      .array(variable)
      .prefault([])
      .describe('Values a person may give when starting it.')
      .meta({ examples: [[{ name: 'Days', type: 'number', required: true }]] }),
    activities: z
      .array(activity)
      .prefault([])
      .describe('Activities of interest. Once outputs are listed, no other output is sent to the workflow.')
      .meta({ examples: [[{ name: 'ManagerApproval', outputs: ['Approved', 'Rejected'] }]] }),
  })
  .refine((workflow) => workflow.version === undefined || !isStartedWithValues(workflow), {
    path: ['version'],
    message:
      'leave it out: Work Tasks starts the latest version of a workflow that is started with values or data',
  });

/** Tells whether a workflow is never started without values, whatever a person gives. */
export function isStartedWithValues({
  variables,
  data,
}: {
  readonly variables: readonly { readonly required: boolean; readonly default?: string | undefined }[];
  readonly data?: string | undefined;
}): boolean {
  return data !== undefined || variables.some((one) => one.required || one.default !== undefined);
}

const repository = z.strictObject({
  name: systemNameSettings
    .optional()
    .describe('Name of this repository in rules and logs; by default the server’s name and the repository’s.')
    .meta({ examples: ['plant-hr'] }),
  repository: z
    .string()
    .min(1)
    .describe('Name of the repository on the server.')
    .meta({ examples: ['HR'] }),
  hook: z
    .enum(['off', 'on'])
    .prefault('off')
    .describe(
      'Whether its workflows may send approvals to the webhook, with a secret of their own; needs the public listener.',
    )
    .meta({ examples: ['on'] }),
  workflows: z
    .array(workflowSettings)
    .prefault([])
    .describe('Workflows that may be started; the API lists none, so only these are known.')
    .meta({ examples: [[{ name: 'Leave WF', title: 'Leave request' }]] }),
});

const tokenUrl = z
  .string()
  .refine(isSafeUrl, 'write the full https address of the token endpoint')
  .describe('Token endpoint of the identity provider.')
  .meta({ examples: ['https://aim.example.com/identitymanager/connect/token'] });

const clientId = z
  .string()
  .min(1)
  .describe('Client that signs in.')
  .meta({ examples: ['countersign'] });

const aim = z.strictObject({
  kind: z.literal('aim').describe('Client credentials from AVEVA Identity Manager.'),
  tokenUrl,
  clientId,
  scope: z
    .string()
    .prefault('system')
    .describe('Scope to request; an empty text requests none.')
    .meta({ examples: ['system'] }),
});

const entra = z.strictObject({
  kind: z.literal('entra').describe('Client credentials from Microsoft Entra.'),
  tenant: z
    .string()
    .regex(/^[a-z0-9.-]+$/i, 'write the tenant’s id or its domain')
    .optional()
    .describe('Tenant whose token endpoint is used; leave it out when tokenUrl is given.')
    .meta({ examples: ['contoso.onmicrosoft.com'] }),
  tokenUrl: tokenUrl
    .optional()
    .describe('Token endpoint, where it is not the tenant’s default one.')
    .meta({ examples: ['https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token'] }),
  clientId,
  scope: z
    .string()
    .min(1)
    .optional()
    .describe('Scope to request; by default api://<clientId>/worktasks/.default.')
    .meta({ examples: ['api://9f1c2b0e-0000-0000-0000-000000000000/worktasks/.default'] }),
});

const token = z.strictObject({
  kind: z.literal('token').describe('An access token issued in advance; it is never renewed.'),
});

const none = z.strictObject({
  kind: z.literal('none').describe('No token: for repositories that need none.'),
});

/** How the bot signs in to a Work Tasks server. */
const authSettings = z
  .discriminatedUnion('kind', [aim, entra, token, none])
  .refine((auth) => auth.kind !== 'entra' || (auth.tenant === undefined) !== (auth.tokenUrl === undefined), {
    path: ['tenant'],
    message: 'give either tenant or tokenUrl',
  });

/**
 * Where each call lies below the base address; the defaults are spelt as AVEVA prints them.
 *
 * The spelling of `AlertEngine` matters to proxies that compare letter by letter.
 */
const pathSettings = z.strictObject({
  execute: path('api/workflow/execute', 'Starts a workflow.'),
  executeWithVariables: path('api/workflow/executewithvariables', 'Starts a workflow with variables.'),
  abort: path('api/workflow/abort', 'Aborts an execution.'),
  pause: path('api/workflow/pause', 'Pauses an execution.'),
  resume: path('api/workflow/resume', 'Resumes a paused execution.'),
  resumeAfterError: path('api/workflow/resumeworkflowwitherrors', 'Resumes an execution after an error.'),
  alert: path('api/workflow/AlertEngine', 'Answers a sleeping activity with one of its outputs.'),
  status: path('api/workflow/status', 'Reads the status of an execution.'),
  lastInstance: path('api/workflow/lastinstance', 'Finds the latest execution of a workflow.'),
  activityOutput: path('api/workflow/activityoutput', 'Reads an activity’s output, or a variable.'),
  variableValue: path('api/workflow/variablevalue', 'Reads a variable where the path above finds none.'),
});

const fields = z.strictObject({
  name: systemNameSettings
    .describe('Name of this server in logs and environment variables.')
    .meta({ examples: ['plant'] }),
  label: z
    .string()
    .min(1)
    .prefault('Work Tasks')
    .describe('Name of this server on cards and in messages.')
    .meta({ examples: ['Work Tasks'] }),
  baseUrl: z
    .string()
    .refine(isSafeUrl, 'write a full https address; http is only for a server on this machine')
    .refine((text) => !isCloud(text), 'CONNECT has no Web API for Workflow: only servers on premises do')
    .refine((text) => !/[?#@]/.test(text), 'leave out credentials, query and fragment')
    .transform((text) => text.replace(/\/+$/, ''))
    .describe('Address of the Web API for Workflow, down to its folder in IIS; AVEVA names no usual port.')
    .meta({ examples: ['https://worktasks.example.com:8443/Workflow.WebAPI'] }),
  repositories: z
    .array(repository)
    .min(1)
    .describe('Repositories to work with; each is a system of its own in rules.')
    .meta({ examples: [[{ repository: 'HR', workflows: [{ name: 'Leave WF' }] }]] }),
  auth: authSettings.describe('How Countersign signs in; its secret comes from the environment.'),
  signalAs: signalAsSetting('decisions and changes'),
  personSignIn: personSignInSettings('Work Tasks')
    .extend({
      userTemplate: z
        .string()
        .regex(/^[a-z]+::.*\{name\}/i, 'write provider::id with {name} in it')
        .optional()
        .describe(
          'Makes a Work Tasks user from what the claim holds, where that is not provider::id; by default userTemplate does, from an e-mail address.',
        )
        .meta({ examples: ['activedirectory::{name}'] }),
    })
    .optional()
    .describe('Where people sign in, so that calls carry their own tokens; needed for signalAs: person.'),
  extraAccessTokenHeader: z
    .boolean()
    .prefault(false)
    .describe('Sends the token in a header named AccessToken as well, as some in-process samples do.'),
  userNames: z
    .enum(['account', 'email'])
    .prefault('account')
    .describe(
      'Whether usernames of this system are e-mail addresses; only with email does the address that emailMatching gives show that a request is another’s, or let something be done in its name.',
    )
    .meta({ examples: ['account'] }),
  userTemplate: z
    .string()
    .regex(/^[a-z]+::.*\{email\}/i, 'write provider::id with {email} in it')
    .optional()
    .describe('Makes a Work Tasks user from the e-mail address of a person.')
    .meta({ examples: ['azureactivedirectory::{email}'] }),
  caCert: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Certificate authorities to trust for the server, besides the default ones: a path, or PEM text.',
    )
    .meta({ examples: ['/etc/ssl/corp-root.pem'] }),
  authCaCert: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Certificate authorities to trust for the token endpoint and personSignIn, besides the default ones: a path, or PEM text.',
    )
    .meta({ examples: ['/etc/ssl/idp-root.pem'] }),
  timeout: duration({ maxMs: longestTimeoutMs })
    .prefault('30s')
    .describe('How long one request may take.')
    .meta({ examples: ['30s'] }),
  ids: z
    .enum(['number', 'string'])
    .prefault('number')
    .describe('Format of IDs in requests; which one the server accepts is not documented.'),
  variables: z
    .enum(['array', 'json-string'])
    .prefault('array')
    .describe('Format of variables in requests: a list, or a text that holds one.'),
  variableValues: z
    .enum(['typed', 'strings'])
    .prefault('typed')
    .describe(
      'Format of values in requests: numbers, booleans, lists and objects as JSON, as in AVEVA’s example of a number; or everything as text.',
    ),
  variableId: z
    .enum(['omit', 'name'])
    .prefault('omit')
    .describe('What is sent as the ID of a variable whose ID is not configured: nothing, or its name.'),
  dates: z
    .enum(['us', 'iso'])
    .prefault('us')
    .describe('How dates are written to the server: 12/31/2026 (us), which designers expect, or 2026-12-31.'),
  dataDefault: xml
    .prefault('<data/>')
    .describe('XML sent as data where no other is set; it must be well-formed.')
    .meta({ examples: ['<data/>'] }),
  sendRefreshTokenInfo: z
    .boolean()
    .prefault(false)
    .describe(
      'Sends refresh token metadata, a secret, to the server when a workflow is started with variables.',
    ),
  paths: pathSettings
    .prefault({})
    .describe('Paths of single calls, where a server differs from AVEVA’s documentation.'),
  inboxUrl: z
    .string()
    .regex(/^https?:\/\/\S+$/, 'write an https address')
    .optional()
    .describe(
      'Address of a card’s link: {repository}, {workflow} and {executionid} are filled in. No links if left out.',
    )
    .meta({ examples: ['https://worktasks.example.com/EnterpriseConsole/{repository}'] }),
});

/** What the settings file says of one Work Tasks server. */
export const workTasksServer = fields
  .refine(hasDistinctSystems, {
    path: ['repositories'],
    message: 'two repositories have the same name; give each a name of its own',
  })
  .refine(saysWherePeopleSignIn, personSignInMissing);

/** One Work Tasks server, as configured and with defaults filled in. */
export type WorkTasksServer = z.infer<typeof workTasksServer>;

/** One repository of a server, as configured. */
export type RepositorySettings = WorkTasksServer['repositories'][number];

/** What may not stand in a settings file. */
export interface WorkTasksSecrets extends PersonSecret {
  readonly clientSecret?: string | undefined;
  readonly accessToken?: string | undefined;
  /** Sent as it is, parsed if it is JSON; only when the settings say so. */
  readonly refreshTokenInfo?: string | undefined;
  /** System → what its workflows may prove themselves with when they call; two while one replaces the other. */
  readonly hooks?: Readonly<Record<string, readonly string[]>> | undefined;
}

function isCloud(text: string): boolean {
  return URL.canParse(text) && /(^|\.)aveva\.(com|cloud)$/i.test(new URL(text).hostname);
}

function hasDistinctSystems(server: Parameters<typeof systemsOf>[0]): boolean {
  const systems = systemsOf(server);
  return new Set(systems).size === systems.length;
}

/** One way of signing in, as configured. */
export type AuthSettings = z.infer<typeof authSettings>;

/** Makes the setting of one call's path, below the base address. */
function path(usual: string, what: string) {
  return z
    .string()
    .regex(/^[^/?#\s][^?#\s]*$/, 'write a path without a leading slash, such as api/workflow/status')
    .prefault(usual)
    .describe(what)
    .meta({ examples: [usual] });
}

/** A repository, as far as its name goes. */
interface Named {
  readonly name?: string | undefined;
  readonly repository: string;
}

/** A server, as far as the names of its systems go. */
interface Holder {
  readonly name: string;
  readonly repositories: readonly Named[];
}

/** Names the system of one repository: as configured, or after the server and the repository. */
export function systemName(server: string, { name, repository }: Named): string {
  if (name !== undefined) return name;
  const slug = repository
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug === '' ? server : `${server}-${slug}`;
}

/** Lists the systems a server makes: one for each repository, under the name that rules use. */
export function systemsOf({ name, repositories }: Holder): readonly string[] {
  return repositories.map((repository) => systemName(name, repository));
}

/** One workflow, as configured. */
export type WorkflowSettings = z.infer<typeof workflowSettings>;
