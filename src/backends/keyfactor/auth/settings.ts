import { z } from 'zod';
import { isSafeUrl } from '../../../shared/http/is-safe-url.js';

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
    .describe('Scopes to ask for; none by default.')
    .meta({ examples: [['openid']] }),
  audience: z
    .string()
    .min(1)
    .optional()
    .describe('Audience to ask for, where the provider wants one.')
    .meta({ examples: ['keyfactor-api'] }),
  clientAuth: z
    .enum(['post', 'basic'])
    .prefault('post')
    .describe('How the client proves itself: in the form (post) or in a header (basic).')
    .meta({ examples: ['post'] }),
});

const token = z.strictObject({
  kind: z.literal('token').describe('An access token that was issued beforehand; it is never renewed.'),
});

/** How the bot signs in to a server. */
export const authSettings = z.discriminatedUnion('kind', [basic, oauth, token]);

/** One way of signing in, as configured. */
export type AuthSettings = z.infer<typeof authSettings>;

/** Client credentials, as configured. */
export type OAuthSettings = z.infer<typeof oauth>;
