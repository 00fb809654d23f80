import { z } from 'zod';
import { isSafeUrl } from '../../../shared/http/is-safe-url.js';

/** How people sign in at the identity provider, as the settings file says it. */
export const personSignInSettings = z.strictObject({
  issuer: z
    .string()
    .refine(isSafeUrl, 'write the full https address of the identity provider')
    .describe('Identity provider that Command trusts; its endpoints are found below this address.')
    .meta({ examples: ['https://idp.example.com/realms/Keyfactor'] }),
  clientId: z
    .string()
    .min(1)
    .describe('Client with which people sign in; registered for the authorization code flow.')
    .meta({ examples: ['countersign-people'] }),
  scopes: z
    .array(z.string().min(1))
    .refine((scopes) => scopes.includes('openid'), 'openid has to be among them: it tells who signed in')
    .prefault(['openid', 'profile', 'offline_access'])
    .describe('Scopes to ask for; without offline_access most providers end the link with the session.')
    .meta({ examples: [['openid', 'profile', 'offline_access']] }),
  usernameClaim: z
    .string()
    .min(1)
    .prefault('preferred_username')
    .describe('Claim that holds what Command calls the person.')
    .meta({ examples: ['preferred_username', 'upn'] }),
});

/** How people sign in, as configured and with defaults filled in. */
export type PersonSignInSettings = z.infer<typeof personSignInSettings>;
