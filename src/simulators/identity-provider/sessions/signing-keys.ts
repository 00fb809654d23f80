import {
  calculateJwkThumbprint,
  errors,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';

/** What signs tokens, and lets others check them. */
export interface SigningKeys {
  /** Signs claims; `type` tells access tokens (`at+jwt`) from tokens of identity (`JWT`). */
  sign(claims: JWTPayload, type: 'at+jwt' | 'JWT'): Promise<string>;
  /** Reads a token of ours; undefined if it is not, or has expired by the given time. */
  read(token: string, nowMs: number): Promise<JWTPayload | undefined>;
  /** Lists the public halves. */
  publicKeys(): Promise<{ readonly keys: readonly JWK[] }>;
}

const algorithm = 'ES256';

/** Creates a key pair at its first use. */
export function createSigningKeys(): SigningKeys {
  let making: ReturnType<typeof makeKeys> | undefined;
  const keys = () => {
    making ??= makeKeys();
    return making;
  };
  return {
    async sign(claims, type) {
      const { privateKey, publicJwk } = await keys();
      const header = { alg: algorithm, typ: type, kid: publicJwk.kid };
      return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
    },
    async read(token, nowMs) {
      const { publicKey } = await keys();
      try {
        return (await jwtVerify(token, publicKey, { currentDate: new Date(nowMs) })).payload;
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
    publicKeys: async () => ({ keys: [(await keys()).publicJwk] }),
  };
}

async function makeKeys() {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, publicKey, publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' } };
}
