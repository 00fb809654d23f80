import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientError,
  type ClientMetadata,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  type CustomFetch,
  calculatePKCECodeChallenge,
  clockSkew,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  ResponseBodyError,
  randomPKCECodeVerifier,
  refreshTokenGrant,
  type ServerMetadata,
  type TokenEndpointResponse,
  tokenRevocation,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import type { PersonSignIn, PersonTokens, SignInResult } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import { trustedAuthorities } from '../http/http.js';
import {
  createPolicies,
  createTransport,
  defaultRetryOptions,
  errorFromFailure,
  type HttpResponse,
  type Policies,
  type RetryOptions,
  type Transport,
} from './client.js';
import type { KeyfactorSecrets, KeyfactorServer, PersonSignInSettings } from './settings.js';

/**
 * Opens the sign-in of people where decisions are told in their name.
 *
 * Throws if the client's secret is missing or a certificate authority cannot be read.
 */
export function openPersonSignIn(
  { server, secrets }: { readonly server: KeyfactorServer; readonly secrets: KeyfactorSecrets },
  runtime: { readonly now: () => number; readonly retryOptions?: Partial<RetryOptions> },
): { readonly personSignIn?: PersonSignIn } {
  const settings = server.personSignIn;
  if (settings === undefined || server.signalAs === 'service') return {};
  const { personClientSecret: clientSecret } = secrets;
  if (!clientSecret) throw new Error('The secret of the client with which people sign in is missing.');
  const connection = {
    system: server.name,
    transport: createTransport({ ca: trustedAuthorities(server.authCaCert) }),
    policies: createPolicies({ ...defaultRetryOptions, ...runtime.retryOptions }),
    timeoutMs: server.timeout,
  };
  return { personSignIn: createPersonSignIn({ settings, clientSecret, connection, now: runtime.now }) };
}

/** Assumed when the provider does not say how long a token lives. */
const assumedLifetimeS = 300;

/** Creates the sign-in of people at the identity provider of one server. */
function createPersonSignIn(deps: {
  readonly settings: PersonSignInSettings;
  readonly clientSecret: string;
  readonly connection: ProviderConnection;
  readonly now: () => number;
}): PersonSignIn {
  const { settings, connection, now } = deps;
  const { system } = connection;
  const open = createOpenProvider(deps);

  async function exchange(
    url: URL,
    { verifier, state }: Parameters<PersonSignIn['finishSignIn']>[0],
  ): Promise<SignInResult> {
    const requestedAtMs = now();
    const provider = await open();
    enableNonRepudiationChecks(provider);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true };
    const response = await authorizationCodeGrant(provider, url, checks);
    const claims = response.claims();
    if (response.refresh_token === undefined) throw lacking(system, 'refresh_token');
    const tokens = tokensIn(response, { requestedAtMs, refreshToken: response.refresh_token });
    if (claims === undefined) throw lacking(system, 'id_token');
    const { sub: subject } = claims;
    const username = await nameIn(claims, { provider, settings, subject, accessToken: tokens.accessToken });
    if (username === undefined) throw lacking(system, settings.usernameClaim);
    return { kind: 'signed-in', tokens, subject, username };
  }

  return {
    beginSignIn: ({ redirectUri, state }) =>
      askProvider(system, async () => {
        const verifier = randomPKCECodeVerifier();
        const url = buildAuthorizationUrl(await open(), {
          redirect_uri: redirectUri,
          scope: settings.scopes.join(' '),
          code_challenge: await calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          state,
        });
        return { url: url.href, verifier };
      }),
    async finishSignIn(response) {
      const url = new URL(response.callbackUrl);
      const states = url.searchParams.getAll('state');
      if (states.length !== 1 || states[0] !== response.state) return { kind: 'wrong-state' };
      return askProvider(system, async () => {
        try {
          return await exchange(url, response);
        } catch (thrown) {
          if (isDenied(thrown)) return { kind: 'cancelled' };
          if (isInvalidGrant(thrown)) return { kind: 'expired' };
          throw thrown;
        }
      });
    },
    refresh: (refreshToken) =>
      askProvider(system, async () => {
        const requestedAtMs = now();
        try {
          const response = await refreshTokenGrant(await open(), refreshToken);
          return { kind: 'refreshed', tokens: tokensIn(response, { requestedAtMs, refreshToken }) };
        } catch (thrown) {
          if (isInvalidGrant(thrown)) return { kind: 'revoked' };
          throw thrown;
        }
      }),
    revoke: (refreshToken) =>
      askProvider(system, async () => {
        const provider = await open();
        if (provider.serverMetadata().revocation_endpoint === undefined) return { kind: 'unsupported' };
        await tokenRevocation(provider, refreshToken, { token_type_hint: 'refresh_token' });
        return { kind: 'revoked' };
      }),
  };
}

/** A provider that does not replace the refresh token leaves the one that was used. */
function tokensIn(
  response: TokenEndpointResponse,
  used: { readonly requestedAtMs: number; readonly refreshToken: string },
): PersonTokens {
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token ?? used.refreshToken,
    expiresAtMs: used.requestedAtMs + (response.expires_in ?? assumedLifetimeS) * 1000,
  };
}

/** Reads the name where the provider puts it: in the token of identity, or only in its user info. */
async function nameIn(
  claims: Readonly<Record<string, unknown>>,
  from: {
    readonly provider: Configuration;
    readonly settings: PersonSignInSettings;
    readonly subject: string;
    readonly accessToken: string;
  },
): Promise<string | undefined> {
  const { provider, settings, subject, accessToken } = from;
  const named = text(claims[settings.usernameClaim]);
  if (named !== undefined || provider.serverMetadata().userinfo_endpoint === undefined) return named;
  const info = await fetchUserInfo(provider, accessToken, subject);
  return text(info[settings.usernameClaim]);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function lacking(system: string, what: string): ContractError {
  return new ContractError(`The identity provider did not say ${what}`, { system, paths: [what] });
}

/** Opens a conversation with the provider, which is described at most once an hour. */
type OpenProvider = () => Promise<Configuration>;

const describedForMs = 3_600_000;

/** Creates the opener of conversations. It throws what the OAuth library throws. */
function createOpenProvider(deps: {
  readonly settings: PersonSignInSettings;
  readonly clientSecret: string;
  readonly connection: ProviderConnection;
  readonly now: () => number;
}): OpenProvider {
  const { settings, clientSecret, connection, now } = deps;
  const fetch = createProviderFetch(connection);
  const isPlain = new URL(settings.issuer).protocol === 'http:';
  let described: { readonly until: number; readonly metadata: Promise<ServerMetadata> } | undefined;

  async function discover(): Promise<ServerMetadata> {
    const found = await discovery(new URL(settings.issuer), settings.clientId, undefined, undefined, {
      [customFetch]: fetch,
      // The settings take plain http for this very machine only.
      ...(isPlain ? { execute: [allowInsecureRequests] } : {}),
    });
    return { ...found.serverMetadata() };
  }

  async function metadataNow(): Promise<ServerMetadata> {
    if (described === undefined || described.until <= now()) {
      described = { until: now() + describedForMs, metadata: discover() };
    }
    const { metadata } = described;
    try {
      return await metadata;
    } catch (error) {
      if (described?.metadata === metadata) described = undefined;
      throw error;
    }
  }

  return async () => {
    const metadata = await metadataNow();
    // Tokens are judged by the bot's own clock, which is not this machine's in tests.
    const skewSeconds = Math.round((now() - Date.now()) / 1000);
    const client: Partial<ClientMetadata> = { client_secret: clientSecret, [clockSkew]: skewSeconds };
    const proof = takesForm(metadata) ? ClientSecretPost(clientSecret) : ClientSecretBasic(clientSecret);
    const configuration = new Configuration(metadata, settings.clientId, client, proof);
    configuration[customFetch] = fetch;
    if (isPlain) allowInsecureRequests(configuration);
    return configuration;
  };
}

/** A provider that says nothing takes the secret in a header (OpenID Connect Discovery, section 3). */
function takesForm({ token_endpoint_auth_methods_supported: methods }: ServerMetadata): boolean {
  return methods?.includes('client_secret_post') ?? false;
}

/**
 * Runs a conversation with the provider and turns the library's errors into ours.
 *
 * The library's errors hold whole answers, tokens included, so they are no causes of ours; only short error words
 * are kept.
 */
async function askProvider<T>(system: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    throw translated(thrown, system);
  }
}

/** Tells whether the provider says that a code or a refresh token is not good, or not any more. */
function isInvalidGrant(thrown: unknown): boolean {
  return thrown instanceof ResponseBodyError && thrown.error === 'invalid_grant';
}

/** Tells whether the provider says that nobody signed in. */
function isDenied(thrown: unknown): boolean {
  return thrown instanceof AuthorizationResponseError && thrown.error === 'access_denied';
}

function translated(thrown: unknown, system: string): unknown {
  if (thrown instanceof ResponseBodyError || thrown instanceof AuthorizationResponseError) {
    return refusal(wordIn(thrown.error), system);
  }
  if (thrown instanceof WWWAuthenticateChallengeError) return refusal(`status ${thrown.status}`, system);
  if (!(thrown instanceof ClientError)) return thrown;
  // Whatever our own transport threw comes back as a cause, without a code of the library.
  if (thrown.code === undefined) return ownFailure(thrown.cause, system);
  return new ContractError(`The identity provider gave an answer that cannot be used (${thrown.code})`, {
    system,
    paths: [thrown.code],
  });
}

function ownFailure(cause: unknown, system: string): unknown {
  if (cause instanceof BackendError) return cause;
  // Told as a failed read, because nothing here can change a workflow.
  return errorFromFailure(cause, { system, method: 'GET', path: 'identity provider' });
}

function refusal(said: string, system: string): BackendError {
  return new BackendError(`The identity provider refused (${said})`, {
    code: 'sign-in',
    system,
    retryable: false,
    applied: 'no',
  });
}

function wordIn(error: string): string {
  return /^[a-z_]{1,40}$/.test(error) ? error : 'for a reason of its own';
}

/** How the identity provider is reached. */
interface ProviderConnection {
  readonly system: string;
  readonly transport: Transport;
  readonly policies: Policies;
  readonly timeoutMs: number;
}

/**
 * Creates the way of the OAuth library to the provider: our transport, our time-outs, our authorities.
 *
 * Only reads are repeated. What says that the provider is away is thrown as `BackendError`.
 */
function createProviderFetch(connection: ProviderConnection): CustomFetch {
  const { transport, policies, timeoutMs } = connection;
  return async (url, { method, headers, body }) => {
    const isRead = method === 'GET';
    const send = () =>
      transport({
        method: isRead ? 'GET' : 'POST',
        url,
        headers,
        ...(body === undefined || body === null ? {} : { body: String(body) }),
        deadline: AbortSignal.timeout(timeoutMs),
      });
    const response = await (isRead ? policies.read(send) : policies.write(send));
    const fault = failureIn(response, { isRead, system: connection.system });
    if (fault !== undefined) throw fault;
    return new Response(response.body === '' ? null : response.body, {
      status: response.status,
      headers: response.headers,
    });
  };
}

function failureIn(
  { status }: HttpResponse,
  { isRead, system }: { readonly isRead: boolean; readonly system: string },
): BackendError | undefined {
  const isNothing = isRead && status === 404;
  if (status < 500 && status !== 429 && !isNothing) return undefined;
  const hint = isNothing ? '; nothing is there: check personSignIn.issuer' : '';
  return new BackendError(`The identity provider answered ${status}${hint}`, {
    code: isNothing ? 'not-found' : status === 429 ? 'throttled' : 'server-error',
    system,
    retryable: !isNothing,
    applied: 'no',
  });
}
