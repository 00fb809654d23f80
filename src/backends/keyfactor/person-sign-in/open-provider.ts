import {
  allowInsecureRequests,
  type ClientMetadata,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  clockSkew,
  customFetch,
  discovery,
  type ServerMetadata,
} from 'openid-client';
import { createProviderFetch, type ProviderConnection } from './provider-fetch.js';
import type { PersonSignInSettings } from './settings.js';

/** Opens a conversation with the provider, which is described at most once an hour. */
export type OpenProvider = () => Promise<Configuration>;

const describedForMs = 3_600_000;

/** Creates the opener of conversations. It throws what the OAuth library throws. */
export function createOpenProvider(deps: {
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
