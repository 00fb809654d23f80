import { type JsonObject, requiredText, SlackRefusal, textArgument } from './api-method.js';

/** How the bot token of an app rotates. */
export interface Rotation {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The one of the installation. */
  readonly refreshToken: string;
  readonly expiresInS: number;
}

/** The app whose tokens these are. */
interface App {
  readonly appId: string;
  readonly botUserId: string;
  readonly botToken: string;
  readonly scopes: readonly string[];
  readonly rotation?: Rotation;
}

/**
 * The bot tokens of the app: one for good, or, where tokens rotate, one after the other.
 *
 * Of what Slack leaves open the harder is played: a refresh ends the access token before it at once.
 */
export class BotTokens {
  readonly #app: App;
  readonly #now: () => number;
  #current: { readonly token: string; readonly expiresAtMs: number } | undefined;
  #refreshToken: string | undefined;
  readonly #revoked = new Set<string>();
  #count = 0;

  constructor(app: App, now: () => number) {
    this.#app = app;
    this.#now = now;
    this.#refreshToken = app.rotation?.refreshToken;
    if (!app.rotation) this.#current = { token: app.botToken, expiresAtMs: Number.POSITIVE_INFINITY };
  }

  /** Throws what Slack says to a bot token that is over, or that never was one. */
  check(token: string): void {
    if (this.#revoked.has(token)) throw new SlackRefusal('token_revoked');
    if (token !== this.#current?.token) throw new SlackRefusal('invalid_auth');
    if (this.#now() >= this.#current.expiresAtMs) throw new SlackRefusal('token_expired');
  }

  /** Ends the token in force, as its time would. */
  expire(): void {
    if (this.#current) this.#current = { ...this.#current, expiresAtMs: this.#now() };
  }

  /** Answers `oauth.v2.access` with `grant_type=refresh_token`; a refresh token works once. */
  refresh(args: JsonObject): JsonObject {
    const { rotation, appId, botUserId, scopes } = this.#app;
    if (textArgument(args, 'grant_type') !== 'refresh_token') throw new SlackRefusal('invalid_grant_type');
    if (requiredText(args, 'client_id') !== rotation?.clientId) throw new SlackRefusal('invalid_client_id');
    if (requiredText(args, 'client_secret') !== rotation.clientSecret)
      throw new SlackRefusal('bad_client_secret');
    if (requiredText(args, 'refresh_token') !== this.#refreshToken)
      throw new SlackRefusal('invalid_refresh_token');
    if (this.#current) this.#revoked.add(this.#current.token);
    this.#count += 1;
    const token = `xoxe.xoxb-1-simulated-${this.#count}`;
    this.#refreshToken = `xoxe-1-simulated-${this.#count}`;
    this.#current = { token, expiresAtMs: this.#now() + rotation.expiresInS * 1000 };
    return {
      app_id: appId,
      access_token: token,
      expires_in: rotation.expiresInS,
      refresh_token: this.#refreshToken,
      token_type: 'bot',
      scope: scopes.join(','),
      bot_user_id: botUserId,
    };
  }
}
