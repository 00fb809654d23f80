import { json, type Reply } from '../server/reply.js';
import type { World } from '../world.js';

/** Scopes that can be asked for. */
export const knownScopes: readonly string[] = ['openid', 'profile', 'offline_access'];

/** Describes the provider, as OpenID Connect Discovery wants it. */
export function respondDiscovery(world: World): Reply {
  const issuer = world.issuer();
  const methods = ['client_secret_basic', 'client_secret_post'];
  const revocation = {
    revocation_endpoint: `${issuer}/revoke`,
    revocation_endpoint_auth_methods_supported: methods,
  };
  return json({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    ...(world.behaviour().hasRevocation ? revocation : {}),
    scopes_supported: knownScopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: methods,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'name', 'preferred_username'],
  });
}
