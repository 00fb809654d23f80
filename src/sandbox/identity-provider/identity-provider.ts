import { randomUUID } from 'node:crypto';
import { createFaults } from '../shared/faults.js';
import { createListener } from '../shared/listener.js';
import { createServe, header, type RawCall, type Reply } from '../shared/server.js';
import { pressSignIn, signInFields } from './pages.js';
import { type Call, json, respondTo } from './routes.js';
import { issueAccessToken } from './tokens.js';
import { type Behaviour, createWorld, usualBehaviour, type World } from './world.js';

/** What can be chosen when the simulator is created. */
export interface IdentityProviderOptions {
  /** 0 or absent takes a free port. */
  readonly port?: number;
  readonly now?: () => number;
  readonly newId?: () => string;
  /** Who access tokens are for, `keyfactor-command` unless told. */
  readonly audience?: string;
  readonly behaviour?: Partial<Behaviour>;
}

/** An OpenID Connect provider in memory, with controls for tests and the demo. */
export type IdentityProvider = ReturnType<typeof createIdentityProvider>;

/**
 * Creates a simulated identity provider: discovery, sign-in page, tokens, revocation, user info and keys.
 *
 * It refuses what a real one refuses. Where providers differ, `Behaviour` has a switch.
 */
export function createIdentityProvider(options: IdentityProviderOptions = {}) {
  const { port = 0, now = Date.now, newId = randomUUID, audience = 'keyfactor-command' } = options;
  const world = createWorld({ ...usualBehaviour, ...options.behaviour }, { now, newId, audience });
  const faults = createFaults('/token');
  const listener = createListener(port, createApi(world, faults));
  const { directory, sessions } = world;
  return {
    ...world.records,
    audience,
    /** Opens the port; `jwksUrl` and `tokenUrl` are for those who do not discover them. */
    async start() {
      const issuer = `${await listener.open()}${issuerPath}`;
      world.setIssuer(issuer);
      return { issuer, jwksUrl: `${issuer}/jwks`, tokenUrl: `${issuer}/token` };
    },
    /** Closes the port and cuts open connections; `start` opens the same one again. */
    stop: listener.close,
    fail: faults.order,
    clearFaults: faults.clear,
    /** Changes switches while the provider runs. */
    change: world.changeBehaviour,
    addPerson: directory.addPerson,
    addClient: directory.addClient,
    /** Signs a person in as a browser would and gives the address the browser is sent to. */
    signIn: (username: string, authorizeUrl: string) =>
      pressSignIn(authorizeUrl, { [signInFields.person]: username }),
    /** Opens the sign-in page as a browser would and cancels there. */
    cancelSignIn: (authorizeUrl: string) => pressSignIn(authorizeUrl, { [signInFields.cancel]: 'yes' }),
    /** Hands out an access token of a person without the token endpoint, as an operator would. */
    async issueToken(username: string, lifetimeSeconds?: number): Promise<string> {
      const account = directory.account(username);
      if (account === undefined) throw new Error(`The simulator knows nobody called ${username}.`);
      return issueAccessToken(world, { account, clientId: 'hand', scope: [], by: 'hand' }, lifetimeSeconds);
    },
    /** Lets the refresh tokens of a person expire now. */
    expireRefreshTokens: sessions.expireRefreshTokens,
    /** Signs a person out everywhere: no refresh token is good any more. */
    revokeRefreshTokens: sessions.endAll,
  };
}

/** Where the issuer lives below its host; a client that forgets the path finds nothing. */
const issuerPath = '/realms/Keyfactor';

function createApi(world: World, faults: ReturnType<typeof createFaults>) {
  const badGateway = (status: number): Reply => ({ status, headers: {}, body: 'Bad gateway' });
  return createServe({
    now: world.now,
    faults,
    respond: async (raw) => ({ reply: await respondTo(world, toCall(raw)) }),
    record(raw, _handled, status) {
      const { method, path = '', form } = toCall(raw);
      const grantType = form.get('grant_type');
      world.records.requests.push({ method, path, grantType, status, at: world.now() });
    },
    errors: {
      400: json({ error: 'invalid_request' }, 400),
      500: badGateway(500),
      503: badGateway(503),
      notJson: '{"access_token": <!-- proxy -->',
    },
  });
}

function toCall(raw: RawCall): Call {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(header(raw, 'content-type') ?? '');
  return {
    method: raw.method,
    path: raw.path.startsWith(`${issuerPath}/`) ? raw.path.slice(issuerPath.length) : undefined,
    query: new URLSearchParams(raw.query),
    form: new URLSearchParams(isForm ? raw.body : ''),
    authorization: header(raw, 'authorization'),
  };
}
