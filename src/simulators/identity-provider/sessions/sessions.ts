/** One signing in of one person by one application, and all tokens that descend from it. */
export interface Session {
  readonly id: string;
  readonly clientId: string;
  readonly username: string;
  readonly scope: readonly string[];
  readonly signedInAtMs: number;
}

/** What the provider makes of a refresh token. */
export type RefreshJudgement =
  | { readonly kind: 'good'; readonly session: Session }
  | { readonly kind: 'unknown' | 'expired' | 'ended' | 'reused' };

/** Sessions and their refresh tokens. */
export interface Sessions {
  start(beginning: Omit<Session, 'id'>): Session;
  /** Ends a session; none of its tokens is good any more. */
  end(id: string): void;
  isAlive(id: string): boolean;
  /** Gives the session a new refresh token; the one before is old from now on. */
  issueRefreshToken(session: Session, lifetimeSeconds: number): string;
  /** Judges a token one application shows; an old one ends the session, because two parties must have it. */
  judge(token: string, clientId: string): RefreshJudgement;
  sessionOf(token: string): Session | undefined;
  /** Lets the refresh tokens of a person expire. */
  expireRefreshTokens(username: string): void;
  /** Ends every session of a person. */
  endAll(username: string): void;
}

/** Creates the provider's sessions, none so far; tokens expire by the given clock. */
export function createSessions(now: () => number, newSecret: () => string): Sessions {
  const alive = new Map<string, Session>();
  const owners = new Map<string, Session>();
  const current = new Map<string, { readonly token: string; readonly expiresAtMs: number }>();
  const ofPerson = (username: string) =>
    [...alive.values()].filter((session) => session.username === username);
  const sessions: Sessions = {
    start(beginning) {
      const session: Session = { ...beginning, id: newSecret() };
      alive.set(session.id, session);
      return session;
    },
    end: (id) => void alive.delete(id),
    isAlive: (id) => alive.has(id),
    issueRefreshToken(session, lifetimeSeconds) {
      const token = newSecret();
      owners.set(token, session);
      current.set(session.id, { token, expiresAtMs: now() + lifetimeSeconds * 1000 });
      return token;
    },
    judge(token, clientId) {
      const session = owners.get(token);
      if (session === undefined || session.clientId !== clientId) return { kind: 'unknown' };
      if (!alive.has(session.id)) return { kind: 'ended' };
      const good = current.get(session.id);
      if (good?.token !== token) {
        sessions.end(session.id);
        return { kind: 'reused' };
      }
      return good.expiresAtMs <= now() ? { kind: 'expired' } : { kind: 'good', session };
    },
    sessionOf: (token) => owners.get(token),
    expireRefreshTokens(username) {
      for (const { id } of ofPerson(username)) {
        const good = current.get(id);
        if (good !== undefined) current.set(id, { ...good, expiresAtMs: now() });
      }
    },
    endAll(username) {
      for (const { id } of ofPerson(username)) sessions.end(id);
    },
  };
  return sessions;
}
