import { playBrowser } from './play-browser.js';
import { respondFields } from './routes.js';
import { issueAccessToken } from './tokens.js';
import type { Behaviour, Client, Person, Records, World } from './world.js';

/** What a test or the demo can do to the provider without going through its API. */
export interface Controls extends Records {
  /** Changes switches while the provider runs. */
  change(behaviour: Partial<Behaviour>): void;
  addPerson(person: Person): void;
  addClient(client: Client): void;
  /** Signs a person in as a browser would and gives the address the browser is sent to. */
  signIn(username: string, authorizeUrl: string): Promise<string>;
  /** Opens the sign-in page as a browser would and cancels there. */
  cancelSignIn(authorizeUrl: string): Promise<string>;
  /** Hands out an access token of a person without the token endpoint, as an operator would. */
  issueToken(username: string, lifetimeSeconds?: number): Promise<string>;
  /** Lets the refresh tokens of a person expire now. */
  expireRefreshTokens(username: string): void;
  /** Signs a person out everywhere: no refresh token is good any more. */
  revokeRefreshTokens(username: string): void;
}

/** Creates the hands of a world. */
export function createControls(world: World): Controls {
  const { directory, sessions } = world;
  return {
    ...world.records,
    change: world.changeBehaviour,
    addPerson: directory.addPerson,
    addClient: directory.addClient,
    signIn: (username, url) => playBrowser(url, { [respondFields.person]: username }),
    cancelSignIn: (url) => playBrowser(url, { [respondFields.cancel]: 'yes' }),
    async issueToken(username, lifetimeSeconds) {
      const account = directory.account(username);
      if (account === undefined) throw new Error(`The simulator knows nobody called ${username}.`);
      return issueAccessToken(world, { account, clientId: 'hand', scope: [], by: 'hand' }, lifetimeSeconds);
    },
    expireRefreshTokens: sessions.expireRefreshTokens,
    revokeRefreshTokens: sessions.endAll,
  };
}
