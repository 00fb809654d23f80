import { z } from 'zod';
import { duration } from '../../shared/duration.js';
import { isSafeUrl } from '../../shared/http/is-safe-url.js';
import { authSettings } from './settings/auth.js';
import { pathSettings } from './settings/paths.js';
import { systemsOf } from './settings/system-name.js';
import { workflowSettings } from './settings/workflow.js';

/** Nothing waits longer than this for one answer. */
const longestTimeoutMs = 600_000;

const systemName = z
  .string()
  .regex(/^[a-z0-9-]+$/, 'use lower-case letters, digits and dashes, such as plant');

const repository = z.strictObject({
  name: systemName
    .optional()
    .describe('What rules and logs call this repository; by default the server’s name and the repository’s.')
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
      'Whether its workflows may tell, with a secret of their own, that they wait for people; needs the public listener.',
    )
    .meta({ examples: ['on'] }),
  workflows: z
    .array(workflowSettings)
    .prefault([])
    .describe('Workflows that may be started; the API lists none, so only these are known.')
    .meta({ examples: [[{ name: 'Leave WF', title: 'Leave request' }]] }),
});

const fields = z.strictObject({
  name: systemName
    .describe('What logs and environment variables call this server.')
    .meta({ examples: ['plant'] }),
  label: z
    .string()
    .min(1)
    .prefault('Work Tasks')
    .describe('What people read when the bot speaks of this server.')
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
  auth: authSettings.describe('How the bot signs in; its secret comes from the environment.'),
  extraAccessTokenHeader: z
    .boolean()
    .prefault(false)
    .describe('Sends the token in a header named AccessToken as well, as some in-process samples do.'),
  userTemplate: z
    .string()
    .regex(/^[a-z]+::.*\{email\}/i, 'write provider::id with {email} in it')
    .optional()
    .describe('Makes a Work Tasks user of a person whose identity is an e-mail address.')
    .meta({ examples: ['azureactivedirectory::{email}'] }),
  caCert: z
    .string()
    .min(1)
    .optional()
    .describe('Certificate authorities to trust for the server, besides the usual: a path, or PEM text.')
    .meta({ examples: ['/etc/ssl/corp-root.pem'] }),
  authCaCert: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Certificate authorities to trust for the token endpoint, besides the usual: a path, or PEM text.',
    )
    .meta({ examples: ['/etc/ssl/idp-root.pem'] }),
  timeout: duration({ maxMs: longestTimeoutMs })
    .prefault('30s')
    .describe('How long one request may take.')
    .meta({ examples: ['30s'] }),
  ids: z
    .enum(['number', 'string'])
    .prefault('number')
    .describe('Form of ids in what is sent; which one the server takes is documented nowhere.'),
  variables: z
    .enum(['array', 'json-string'])
    .prefault('array')
    .describe('Form of variables in what is sent: a list, or a text that holds one.'),
  variableId: z
    .enum(['omit', 'name'])
    .prefault('omit')
    .describe('What stands for the id of a variable whose id is not configured: nothing, or its name.'),
  dates: z
    .enum(['us', 'iso'])
    .prefault('us')
    .describe('How dates are written to the server: 12/31/2026 (us), which designers expect, or 2026-12-31.'),
  dataDefault: z
    .string()
    .min(1)
    .prefault('<data/>')
    .describe('XML sent as data where there is none to send; it has to be well-formed.')
    .meta({ examples: ['<data/>'] }),
  sendRefreshTokenInfo: z
    .boolean()
    .prefault(false)
    .describe(
      'Hands refresh token metadata, a secret, to the server when a workflow is started with variables.',
    ),
  paths: pathSettings
    .prefault({})
    .describe('Paths of single calls, where a server differs from what AVEVA prints.'),
  inboxUrl: z
    .string()
    .regex(/^https?:\/\/\S+$/, 'write an https address')
    .optional()
    .describe(
      'Where a link leads: {repository}, {workflow} and {executionid} are filled in. No links without.',
    )
    .meta({ examples: ['https://worktasks.example.com/EnterpriseConsole/{repository}'] }),
});

/** What the settings file says of one Work Tasks server. */
export const workTasksServer = fields.refine(hasDistinctSystems, {
  path: ['repositories'],
  message: 'two repositories have the same name; give each a name of its own',
});

/** One Work Tasks server, as configured and with defaults filled in. */
export type WorkTasksServer = z.infer<typeof workTasksServer>;

/** One repository of a server, as configured. */
export type RepositorySettings = WorkTasksServer['repositories'][number];

/** What may not stand in a settings file. */
export interface WorkTasksSecrets {
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

export { systemsOf };
