import { z } from 'zod';
import { duration } from '../../shared/duration.js';
import { isSafeUrl } from '../../shared/text.js';
import {
  type PersonSecret,
  personSignInMissing,
  personSignInSettings,
  saysWherePeopleSignIn,
  signalAsSetting,
} from '../kind.js';

/** Parameter names under which servers are known, or believed, to keep how many approvals a step wants. */
const usualApprovalsParameters = ['MinimumApprovals', 'RequiredApprovals', 'NumberOfApprovals'];

/** Nothing waits longer than this for one answer. */
const longestTimeoutMs = 600_000;

const basic = z.strictObject({
  kind: z.literal('basic').describe('Active Directory user and password.'),
  username: z
    .string()
    .min(1)
    .describe('Who signs in.')
    .meta({ examples: ['svc-countersign'] }),
  domain: z
    .string()
    .min(1)
    .optional()
    .describe('Domain of the user; sent in front of the name as DOMAIN\\user.')
    .meta({ examples: ['CORP'] }),
});

const oauth = z.strictObject({
  kind: z.literal('oauth').describe('OAuth 2 client credentials.'),
  tokenUrl: z
    .string()
    .refine(isSafeUrl, 'write the full https address of the token endpoint')
    .describe('Token endpoint of the identity provider.')
    .meta({ examples: ['https://idp.example.com/realms/Keyfactor/protocol/openid-connect/token'] }),
  clientId: z
    .string()
    .min(1)
    .describe('Client that signs in.')
    .meta({ examples: ['countersign'] }),
  scopes: z
    .array(z.string().min(1))
    .prefault([])
    .describe('Scopes to request; none by default. Microsoft Entra needs api://<application id>/.default.')
    .meta({ examples: [['openid'], ['api://9f1c2b0e-0000-0000-0000-000000000000/.default']] }),
  audience: z
    .string()
    .min(1)
    .optional()
    .describe('Audience to request, where the provider needs one.')
    .meta({ examples: ['keyfactor-api'] }),
  clientAuth: z
    .enum(['post', 'basic'])
    .prefault('post')
    .describe('How the client proves itself: in the form (post) or in a header (basic).')
    .meta({ examples: ['post'] }),
});

const token = z.strictObject({
  kind: z.literal('token').describe('An access token issued in advance; it is never renewed.'),
});

/** How the bot signs in to a server. */
const authSettings = z.discriminatedUnion('kind', [basic, oauth, token]);

const fields = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'use lower-case letters, digits and dashes, such as corp-pki')
    .refine((name) => name !== 'constructor', 'another name: every object has something of this one')
    .describe('Name of this server in rules, logs and environment variables.')
    .meta({ examples: ['corp-pki'] }),
  label: z
    .string()
    .min(1)
    .prefault('Keyfactor Command')
    .describe('Name of this server on cards and in messages.')
    .meta({ examples: ['Keyfactor Command'] }),
  userNames: z
    .enum(['account', 'email'])
    .prefault('account')
    .describe(
      'Whether usernames of this system are e-mail addresses; only with email does the address that emailMatching gives show that a request is another’s, or let something be done in its name.',
    )
    .meta({ examples: ['account'] }),
  hostname: z
    .string()
    .min(1)
    .refine((text) => !text.includes('://'), 'leave out the scheme: write keyfactor.example.com')
    .refine((text) => !text.includes('/'), 'leave out the path: it belongs in apiPath')
    .refine(isHost, 'write a host name, optionally with a port, such as keyfactor.example.com:8443')
    .transform((text) => text.replace(/:443$/, ''))
    .describe('Host of the Command server, without scheme or path; a port may follow after a colon.')
    .meta({ examples: ['keyfactor.example.com'] }),
  port: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe('Port of the server, when it is not the default of its scheme.')
    .meta({ examples: [8443] }),
  scheme: z
    .enum(['https', 'http'])
    .prefault('https')
    .describe('Always https, except for a simulator on this machine.')
    .meta({ examples: ['https'] }),
  apiPath: z
    .string()
    .transform((text) => text.replace(/^\/+|\/+$/g, ''))
    .prefault('KeyfactorAPI')
    .describe('Path of the API as chosen at installation; containers usually have Keyfactor/API.')
    .meta({ examples: ['KeyfactorAPI', 'Keyfactor/API'] }),
  portalUrl: z
    .string()
    .refine(isPortalUrl, 'write an https address with {id} or {referenceId} in it, or none')
    .prefault('https://{hostname}/KeyfactorPortal/Workflow/Instances/{id}')
    .describe(
      'Address of a card’s link: {hostname}, {id} and {referenceId} are filled in. The default is inferred, not documented: try it. none turns links off.',
    )
    .meta({ examples: ['https://keyfactor.example.com/KeyfactorPortal/Workflow/Instances/{id}', 'none'] }),
  auth: authSettings.describe('How Countersign signs in; its secret comes from the environment.'),
  signalAs: signalAsSetting('decisions'),
  personSignIn: personSignInSettings('Command')
    .optional()
    .describe(
      'Where approvers sign in, so that Countersign can signal in their name; needed for signalAs: person.',
    ),
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
    .prefault('60s')
    .describe('How long one read request may take.')
    .meta({ examples: ['60s'] }),
  signalTimeout: duration({ maxMs: longestTimeoutMs })
    .prefault('60s')
    .describe('How long an approval or denial may take; the server may run the next steps while it answers.')
    .meta({ examples: ['60s', '2m'] }),
  signalBody: z
    .enum(['auto', 'string', 'boolean'])
    .prefault('auto')
    .describe(
      'Form of the answer in a signal: "True" as text, true as a boolean, or auto to find out which one the server accepts.',
    )
    .meta({ examples: ['auto'] }),
  restartVersion: z
    .enum(['query', 'body'])
    .prefault('query')
    .describe(
      'Where a restart says which version to run: in the query, as the specification of 10 to 25 has it, or in the body, as older pages say.',
    )
    .meta({ examples: ['query'] }),
  queryPrefix: z
    .enum(['bare', 'pq'])
    .prefault('bare')
    .describe('Names of paging parameters: bare (QueryString), or pq for old servers (pq.queryString).')
    .meta({ examples: ['bare'] }),
  apiVersion: z
    .strictObject({
      instances: z
        .string()
        .regex(/^\d+(\.\d+)?$/)
        .prefault('1')
        .describe('API version of instances and signals.'),
      definitions: z
        .string()
        .regex(/^(auto|\d+(\.\d+)?)$/)
        .prefault('auto')
        .describe(
          'API version of definitions; auto uses 2, which names roles, where the server supports it.',
        ),
    })
    .prefault({})
    .describe('API versions to request, if the default ones are wrong.')
    .meta({ examples: [{ instances: '1', definitions: 'auto' }] }),
  readAll: z
    .enum(['auto', 'yes', 'no'])
    .prefault('auto')
    .describe(
      'Whether the account may read every instance (/workflows/instances/read/); auto finds out from the server.',
    )
    .meta({ examples: ['auto'] }),
  pageSize: z
    .int()
    .min(1)
    .max(1000)
    .prefault(100)
    .describe('How many instances are requested at a time.')
    .meta({ examples: [100] }),
  requiredApprovalsParameter: z
    .array(z.string().min(1))
    .min(1)
    .prefault(usualApprovalsParameters)
    .describe(
      'Names of the step parameter that says how many approvals a step needs; the first one found counts.',
    )
    .meta({ examples: [usualApprovalsParameters] }),
});

/** What the settings file says of one Keyfactor Command server. */
export const keyfactorServer = fields
  .refine(({ scheme, hostname }) => scheme === 'https' || isLoopback(hostname), {
    path: ['scheme'],
    message: 'http is only for a server on this machine; use https',
  })
  .refine(({ hostname, port }) => port === undefined || !/:\d+$/.test(hostname), {
    path: ['port'],
    message: 'hostname already has a port; write it in one place',
  })
  .refine(saysWherePeopleSignIn, personSignInMissing);

/** One Keyfactor Command server, as configured and with defaults filled in. */
export type KeyfactorServer = z.infer<typeof keyfactorServer>;

/** What may not stand in a settings file. */
export interface KeyfactorSecrets extends PersonSecret {
  readonly password?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly accessToken?: string | undefined;
}

function isHost(text: string): boolean {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)(:\d{1,5})?$/i.test(text);
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(hostname);
}

function isPortalUrl(text: string): boolean {
  return text === 'none' || /^https?:\/\/\S+$/.test(text);
}

/** One way of signing in, as configured. */
export type AuthSettings = z.infer<typeof authSettings>;
