import * as openid from 'openid-client';
import type { PersonSignIn, PersonTokens, SignInResult } from '../../ports/backend.js';
import { BackendError, type BackendErrorCode, ContractError } from '../../ports/errors.js';
import { defined } from '../../shared/language.js';
import { isSafeUrl } from '../../shared/text.js';
import type { HttpConnection } from './connection.js';
import { basicHeader, errorFromFailure, type HttpResponse, isSuccess } from './connection.js';

/** An identity provider, and for which system it is asked. */
export interface Provider {
  readonly system: string;
  readonly connection: HttpConnection;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What is asked of a token endpoint (RFC 6749, section 4.4). */
export interface TokenForm extends Provider {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the client proves itself: in the form, or in a header. */
  readonly clientAuth: 'post' | 'basic';
  /** Empty asks for none. */
  readonly scope: string;
  readonly audience?: string | undefined;
}

/** Assumed when a provider does not say how long a token lives. */
const assumedLifetimeS = 300;

/** Gets a token by client credentials. Throws `BackendError`, whose `applied` is `no`, and `ContractError`. */
export async function fetchToken(
  form: TokenForm,
): Promise<{ readonly token: string; readonly lifetimeMs: number }> {
  const { system, connection, tokenUrl, clientId, clientSecret, scope, audience } = form;
  const server = { issuer: tokenUrl, token_endpoint: tokenUrl };
  const proof =
    form.clientAuth === 'basic' ? plainBasic(clientSecret) : openid.ClientSecretPost(clientSecret);
  const configuration = new openid.Configuration(server, clientId, undefined, proof);
  configuration[openid.customFetch] = createTokenFetch(system, connection);
  allowPlainHttp(configuration, tokenUrl);
  const parameters = { ...(scope === '' ? {} : { scope }), ...(audience === undefined ? {} : { audience }) };
  try {
    const response = await openid.clientCredentialsGrant(configuration, parameters);
    return {
      token: response.access_token,
      lifetimeMs: (response.expires_in ?? assumedLifetimeS) * 1000,
    };
  } catch (thrown) {
    if (!(thrown instanceof openid.ClientError)) throw thrown;
    if (thrown.code === undefined) throw ownFailure(thrown.cause, system, 'token endpoint');
    const paths = ['access_token'];
    throw new ContractError('The token endpoint did not answer with a token', { system, paths });
  }
}

/** Writes id and secret as most providers read them; the library writes `-` and `_` as codes, which some do not. */
function plainBasic(clientSecret: string): openid.ClientAuth {
  return (_server, client, _body, headers) => {
    const header = basicHeader(encodeURIComponent(client.client_id), encodeURIComponent(clientSecret));
    headers.set('authorization', header);
  };
}

/** Creates the way of the OAuth library to a token endpoint. It is repeated like a read: a lost token changes nothing. */
function createTokenFetch(system: string, connection: HttpConnection): openid.CustomFetch {
  return async (url, { headers, body }) => {
    const { authorization } = headers;
    const request = {
      method: 'POST',
      url,
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/x-www-form-urlencoded',
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      },
      body: String(body),
    } as const;
    const response = await connection.policies.read(() =>
      connection.transport({ ...request, deadline: connection.deadline() }),
    );
    if (!isSuccess(response)) throw tokenRefusal(response, system);
    // Providers leave out what RFC 6749 demands besides the token, and the library insists on it.
    const { access_token, expires_in } = fieldsOf(response);
    const lifetimeS = Number(expires_in);
    const lifetime = lifetimeS > 0 && Number.isFinite(lifetimeS) ? { expires_in: lifetimeS } : {};
    return Response.json({ access_token, token_type: 'Bearer', ...lifetime });
  };
}

/** Makes the error of a provider that gives no token. */
function tokenRefusal(response: HttpResponse, system: string): BackendError {
  const { error, error_description } = fieldsOf(response);
  const reason = repeatable(error, error_description);
  const said = reason === '' ? '' : ` (${reason})`;
  const { status } = response;
  return providerError(`The token endpoint answered ${status}${said}`, system, status, 'sign-in');
}

/**
 * Gives what of a refusal may be repeated: its short word, and the number under which Entra explains it.
 *
 * The sentences beside them name people, ids and what was sent.
 */
function repeatable(error: unknown, description: unknown): string {
  const word = typeof error === 'string' ? /^[a-z_]{1,40}$/.exec(error) : null;
  const code = typeof description === 'string' ? /\bAADSTS\d{4,10}\b/.exec(description) : null;
  return [word?.[0], code?.[0]].filter((one) => one !== undefined).join(', ');
}

/** Makes the error of a provider that answered so; nothing is applied by anything it is asked for. */
function providerError(
  message: string,
  system: string,
  status: number,
  refused: BackendErrorCode,
): BackendError {
  const isPassing = status === 429 || status >= 500;
  return new BackendError(message, {
    code: status === 429 ? 'throttled' : isPassing ? 'server-error' : refused,
    system,
    retryable: isPassing,
    applied: 'no',
  });
}

function fieldsOf({ body }: HttpResponse): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(body) };
  } catch {
    return {};
  }
}

/** The settings take plain http for this very machine only. */
function allowPlainHttp(configuration: openid.Configuration, url: string): void {
  if (isPlainHttp(url)) openid.allowInsecureRequests(configuration);
}

function isPlainHttp(url: string): boolean {
  return isSafeUrl(url) && new URL(url).protocol === 'http:';
}

/** How people sign in at an identity provider. */
export interface PersonSignInOptions extends Provider {
  /** Its endpoints are found below this address. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  /** Claim that holds what the workflow system calls the person. */
  readonly usernameClaim: string;
  /** Makes what the system calls the person of what the claim holds; undefined where it can be no user there. */
  readonly usernameOf?: (claim: string) => string | undefined;
  /** What is asked of somebody who is signed in already. */
  readonly prompt: 'login' | 'select_account' | 'off';
}

/** Opens the sign-in of people. */
export function openPersonSignIn(options: PersonSignInOptions): PersonSignIn {
  const { system, now, scopes, usernameClaim, prompt, usernameOf = (claim: string) => claim } = options;
  const open = createOpenProvider(options);

  async function exchange(
    url: URL,
    { verifier, state }: Parameters<PersonSignIn['finishSignIn']>[0],
  ): Promise<SignInResult> {
    const requestedAtMs = now();
    const provider = await open();
    openid.enableNonRepudiationChecks(provider);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true };
    const response = await openid.authorizationCodeGrant(provider, url, checks);
    const claims = response.claims();
    const tokens = tokensIn(response, { requestedAtMs });
    if (claims === undefined) throw lacking(system, 'id_token');
    const { sub: subject } = claims;
    const named = await nameIn(claims, {
      provider,
      usernameClaim,
      subject,
      accessToken: tokens.accessToken,
    });
    if (named === undefined) throw lacking(system, usernameClaim);
    const username = usernameOf(named);
    if (username === undefined) {
      const message = `${usernameClaim} holds no user of the system; see personSignIn.userTemplate and usernameClaim`;
      throw new ContractError(message, { system, paths: [usernameClaim] });
    }
    return { kind: 'signed-in', tokens, subject, username };
  }

  return {
    beginSignIn: ({ redirectUri, state }) =>
      askProvider(system, async () => {
        const verifier = openid.randomPKCECodeVerifier();
        const url = openid.buildAuthorizationUrl(await open(), {
          redirect_uri: redirectUri,
          scope: scopes.join(' '),
          code_challenge: await openid.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          state,
          ...(prompt === 'off' ? {} : { prompt }),
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
          const isDenied = thrown instanceof openid.AuthorizationResponseError;
          if (isDenied && thrown.error === 'access_denied') return { kind: 'cancelled' };
          if (isInvalidGrant(thrown)) return { kind: 'expired' };
          throw thrown;
        }
      });
    },
    refresh: (refreshToken) =>
      askProvider(system, async () => {
        const requestedAtMs = now();
        try {
          const response = await openid.refreshTokenGrant(await open(), refreshToken);
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
        await openid.tokenRevocation(provider, refreshToken, { token_type_hint: 'refresh_token' });
        return { kind: 'revoked' };
      }),
  };
}

/** A provider that does not replace the refresh token leaves the one that was used. */
function tokensIn(
  response: openid.TokenEndpointResponse,
  used: { readonly requestedAtMs: number; readonly refreshToken?: string },
): PersonTokens {
  const { access_token: accessToken, refresh_token: replaced, expires_in: lifetimeS } = response;
  return {
    accessToken,
    ...defined({ refreshToken: replaced ?? used.refreshToken }),
    expiresAtMs: used.requestedAtMs + (lifetimeS ?? assumedLifetimeS) * 1000,
  };
}

/** Reads the name where the provider puts it: in the token of identity, or only in its user info. */
async function nameIn(
  claims: Readonly<Record<string, unknown>>,
  from: {
    readonly provider: openid.Configuration;
    readonly usernameClaim: string;
    readonly subject: string;
    readonly accessToken: string;
  },
): Promise<string | undefined> {
  const { provider, usernameClaim, subject, accessToken } = from;
  const named = text(claims[usernameClaim]);
  if (named !== undefined || provider.serverMetadata().userinfo_endpoint === undefined) return named;
  const info = await openid.fetchUserInfo(provider, accessToken, subject);
  return text(info[usernameClaim]);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function lacking(system: string, what: string): ContractError {
  return new ContractError(`The identity provider did not say ${what}`, { system, paths: [what] });
}

const describedForMs = 3_600_000;

/**
 * Creates the opener of conversations with a provider, which is described at most once an hour. It throws what the
 * OAuth library throws.
 */
function createOpenProvider(options: PersonSignInOptions): () => Promise<openid.Configuration> {
  const { issuer, clientId, clientSecret, now } = options;
  const fetch = createProviderFetch(options);
  let described: { readonly until: number; readonly metadata: Promise<openid.ServerMetadata> } | undefined;

  async function discover(): Promise<openid.ServerMetadata> {
    const found = await openid.discovery(new URL(issuer), clientId, undefined, undefined, {
      [openid.customFetch]: fetch,
      ...(isPlainHttp(issuer) ? { execute: [openid.allowInsecureRequests] } : {}),
    });
    return { ...found.serverMetadata() };
  }

  async function metadataNow(): Promise<openid.ServerMetadata> {
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
    const client: Partial<openid.ClientMetadata> = {
      client_secret: clientSecret,
      [openid.clockSkew]: skewSeconds,
    };
    const proof = takesForm(metadata)
      ? openid.ClientSecretPost(clientSecret)
      : openid.ClientSecretBasic(clientSecret);
    const configuration = new openid.Configuration(metadata, clientId, client, proof);
    configuration[openid.customFetch] = fetch;
    allowPlainHttp(configuration, issuer);
    return configuration;
  };
}

/** A provider that says nothing takes the secret in a header (OpenID Connect Discovery, section 3). */
function takesForm({ token_endpoint_auth_methods_supported: methods }: openid.ServerMetadata): boolean {
  return methods?.includes('client_secret_post') ?? false;
}

/**
 * Runs a conversation with the provider and turns the library's errors into ours.
 *
 * The library's errors hold whole answers, tokens included, so they are no causes of ours; only what may be
 * repeated is kept.
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
  return thrown instanceof openid.ResponseBodyError && thrown.error === 'invalid_grant';
}

function translated(thrown: unknown, system: string): unknown {
  if (thrown instanceof openid.ResponseBodyError || thrown instanceof openid.AuthorizationResponseError) {
    return refusal(repeatable(thrown.error, thrown.error_description) || 'for a reason of its own', system);
  }
  if (thrown instanceof openid.WWWAuthenticateChallengeError)
    return refusal(`status ${thrown.status}`, system);
  if (!(thrown instanceof openid.ClientError)) return thrown;
  // Whatever our own transport threw comes back as a cause, without a code of the library.
  if (thrown.code === undefined) return ownFailure(thrown.cause, system, 'identity provider');
  return new ContractError(`The identity provider gave an answer that cannot be used (${thrown.code})`, {
    system,
    paths: [thrown.code],
  });
}

/** Tells a failure as one of a read, because nothing here can change a workflow. */
function ownFailure(cause: unknown, system: string, path: string): unknown {
  return cause instanceof BackendError ? cause : errorFromFailure(cause, { system, method: 'GET', path });
}

function refusal(said: string, system: string): BackendError {
  return providerError(`The identity provider refused (${said})`, system, 400, 'sign-in');
}

/**
 * Creates the way of the OAuth library to the provider: our transport, our time-outs, our authorities.
 *
 * Only reads are repeated. What says that the provider is away is thrown as `BackendError`.
 */
function createProviderFetch({ system, connection }: Provider): openid.CustomFetch {
  const { policies, transport } = connection;
  return async (url, { method, headers, body }) => {
    const isRead = method === 'GET';
    const send = () =>
      transport({
        method: isRead ? 'GET' : 'POST',
        url,
        headers,
        ...(body === undefined || body === null ? {} : { body: String(body) }),
        deadline: connection.deadline(),
      });
    const response = await (isRead ? policies.read(send) : policies.write(send));
    const { status } = response;
    const isNothing = isRead && status === 404;
    if (status >= 500 || status === 429 || isNothing) {
      const hint = isNothing ? '; nothing is there: check personSignIn.issuer' : '';
      throw providerError(`The identity provider answered ${status}${hint}`, system, status, 'not-found');
    }
    return new Response(response.body === '' ? null : response.body, {
      status,
      headers: response.headers,
    });
  };
}
