/** What differs between providers and installations, and is therefore a switch here. */
export interface Behaviour {
  /** How long a code may wait to be exchanged. */
  readonly codeLifetimeSeconds: number;
  readonly accessTokenLifetimeSeconds: number;
  readonly refreshTokenLifetimeSeconds: number;
  /** Whether a refresh token is given only to those who ask for `offline_access`. */
  readonly refreshTokens: 'with-offline-access' | 'always';
  /** Whether a refresh token is exchanged for a new one at each use; the old one then gives its family away. */
  readonly rotatesRefreshTokens: boolean;
  /** Whether tokens of identity say `preferred_username`; otherwise only the user info endpoint does. */
  readonly namesInIdTokens: boolean;
  /** Whether there is an endpoint that takes tokens back. */
  readonly hasRevocation: boolean;
}

/** The strictest of what providers usually do. */
export const usualBehaviour: Behaviour = {
  codeLifetimeSeconds: 60,
  accessTokenLifetimeSeconds: 300,
  refreshTokenLifetimeSeconds: 30 * 24 * 60 * 60,
  refreshTokens: 'with-offline-access',
  rotatesRefreshTokens: true,
  namesInIdTokens: true,
  hasRevocation: true,
};
