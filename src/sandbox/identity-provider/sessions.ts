import {
  calculateJwkThumbprint,
  errors,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';

/** What a person agreed to by signing in. */
export interface Consent {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly username: string;
  readonly scope: readonly string[];
  /** The S256 challenge whose verifier only the application has. */
  readonly challenge: string;
  readonly nonce: string | undefined;
  readonly signedInAtMs: number;
}

/** What a code stands for. */
type Redeemed =
  | { readonly kind: 'fresh'; readonly consent: Consent }
  /** Somebody had it before; whatever it was exchanged for is in doubt. */
  | { readonly kind: 'used-before'; readonly session: string | undefined }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown' };

/** Creates the codes that were handed to browsers, none so far; they expire by the given clock. */
export function createCodes(now: () => number, newSecret: () => string) {
  const issued = new Map<string, { readonly consent: Consent; readonly expiresAtMs: number }>();
  const used = new Map<string, string | undefined>();
  return {
    issue(consent: Consent, lifetimeSeconds: number): string {
      const code = newSecret();
      issued.set(code, { consent, expiresAtMs: now() + lifetimeSeconds * 1000 });
      return code;
    },
    /** Takes a code, which is good for one attempt, successful or not. */
    redeem(code: string): Redeemed {
      if (used.has(code)) return { kind: 'used-before', session: used.get(code) };
      const found = issued.get(code);
      if (found === undefined) return { kind: 'unknown' };
      used.set(code, undefined);
      return found.expiresAtMs <= now() ? { kind: 'expired' } : { kind: 'fresh', consent: found.consent };
    },
    /** Remembers which session a code was exchanged for. */
    noteSession(code: string, session: string): void {
      used.set(code, session);
    },
  };
}

/** One signing in of one person by one application, and all tokens that descend from it. */
export interface Session {
  readonly id: string;
  readonly clientId: string;
  readonly username: string;
  readonly scope: readonly string[];
  readonly signedInAtMs: number;
}

/** What the provider makes of a refresh token. */
type RefreshJudgement =
  | { readonly kind: 'good'; readonly session: Session }
  | { readonly kind: 'unknown' | 'expired' | 'ended' | 'reused' };

/** Creates the provider's sessions and their refresh tokens, none so far; tokens expire by the given clock. */
export function createSessions(now: () => number, newSecret: () => string) {
  const alive = new Map<string, Session>();
  const owners = new Map<string, Session>();
  const current = new Map<string, { readonly token: string; readonly expiresAtMs: number }>();
  const ofPerson = (username: string) =>
    [...alive.values()].filter((session) => session.username === username);
  /** Ends a session; none of its tokens is good any more. */
  const end = (id: string): void => void alive.delete(id);
  return {
    end,
    start(beginning: Omit<Session, 'id'>): Session {
      const session: Session = { ...beginning, id: newSecret() };
      alive.set(session.id, session);
      return session;
    },
    isAlive: (id: string) => alive.has(id),
    /** Gives the session a new refresh token; the one before is old from now on. */
    issueRefreshToken(session: Session, lifetimeSeconds: number): string {
      const token = newSecret();
      owners.set(token, session);
      current.set(session.id, { token, expiresAtMs: now() + lifetimeSeconds * 1000 });
      return token;
    },
    /** Judges a token one application shows; an old one ends the session, because two parties must have it. */
    judge(token: string, clientId: string): RefreshJudgement {
      const session = owners.get(token);
      if (session === undefined || session.clientId !== clientId) return { kind: 'unknown' };
      if (!alive.has(session.id)) return { kind: 'ended' };
      const good = current.get(session.id);
      if (good?.token !== token) {
        end(session.id);
        return { kind: 'reused' };
      }
      return good.expiresAtMs <= now() ? { kind: 'expired' } : { kind: 'good', session };
    },
    sessionOf: (token: string) => owners.get(token),
    /** Lets the refresh tokens of a person expire. */
    expireRefreshTokens(username: string): void {
      for (const { id } of ofPerson(username)) {
        const good = current.get(id);
        if (good !== undefined) current.set(id, { ...good, expiresAtMs: now() });
      }
    },
    /** Ends every session of a person. */
    endAll(username: string): void {
      for (const { id } of ofPerson(username)) end(id);
    },
  };
}

const algorithm = 'ES256';

/** Creates what signs tokens and lets others check them; the key pair is made at its first use. */
export function createSigningKeys() {
  let making: ReturnType<typeof makeKeys> | undefined;
  const keys = () => {
    making ??= makeKeys();
    return making;
  };
  return {
    /** Signs claims; `type` tells access tokens (`at+jwt`) from tokens of identity (`JWT`). */
    async sign(claims: JWTPayload, type: 'at+jwt' | 'JWT'): Promise<string> {
      const { privateKey, publicJwk } = await keys();
      const header = { alg: algorithm, typ: type, kid: publicJwk.kid };
      return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
    },
    /** Reads a token of ours; undefined if it is not, or has expired by the given time. */
    async read(token: string, nowMs: number): Promise<JWTPayload | undefined> {
      const { publicKey } = await keys();
      try {
        return (await jwtVerify(token, publicKey, { currentDate: new Date(nowMs) })).payload;
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
    /** Lists the public halves. */
    publicKeys: async () => ({ keys: [(await keys()).publicJwk] }),
  };
}

async function makeKeys() {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, publicKey, publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' } };
}
