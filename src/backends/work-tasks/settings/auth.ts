import { z } from 'zod';
import { isSafeUrl } from '../../../shared/http/is-safe-url.js';

const clientId = z
  .string()
  .min(1)
  .describe('Client that signs in.')
  .meta({ examples: ['countersign'] });

const tokenUrl = z
  .string()
  .refine(isSafeUrl, 'write the full https address of the token endpoint')
  .describe('Token endpoint of the identity provider.')
  .meta({ examples: ['https://aim.example.com/identitymanager/connect/token'] });

const aim = z.strictObject({
  kind: z.literal('aim').describe('Client credentials from AVEVA Identity Manager.'),
  tokenUrl,
  clientId,
  scope: z
    .string()
    .prefault('system')
    .describe('Scope to ask for; an empty text asks for none.')
    .meta({ examples: ['system'] }),
});

const entra = z.strictObject({
  kind: z.literal('entra').describe('Client credentials from Microsoft Entra.'),
  tenant: z
    .string()
    .regex(/^[a-z0-9.-]+$/i, 'write the tenant’s id or its domain')
    .optional()
    .describe('Tenant whose token endpoint is asked; leave it out when tokenUrl is given.')
    .meta({ examples: ['contoso.onmicrosoft.com'] }),
  tokenUrl: tokenUrl
    .optional()
    .describe('Token endpoint, where it is not the tenant’s usual one.')
    .meta({ examples: ['https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token'] }),
  clientId,
  scope: z
    .string()
    .min(1)
    .optional()
    .describe('Scope to ask for; by default api://<clientId>/worktasks/.default.')
    .meta({ examples: ['api://9f1c2b0e-0000-0000-0000-000000000000/worktasks/.default'] }),
});

const token = z.strictObject({
  kind: z.literal('token').describe('An access token that was issued beforehand; it is never renewed.'),
});

const none = z.strictObject({
  kind: z.literal('none').describe('No token: for repositories that ask for none.'),
});

/** How the bot signs in to a Work Tasks server. */
export const authSettings = z
  .discriminatedUnion('kind', [aim, entra, token, none])
  .refine((auth) => auth.kind !== 'entra' || (auth.tenant === undefined) !== (auth.tokenUrl === undefined), {
    path: ['tenant'],
    message: 'give either tenant or tokenUrl',
  });

/** One way of signing in, as configured. */
export type AuthSettings = z.infer<typeof authSettings>;
