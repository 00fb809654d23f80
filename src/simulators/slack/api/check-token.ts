import { type JsonObject, textAt } from '../wire/json-object.js';
import { SlackRefusal } from '../wire/slack-refusal.js';
import type { AppIdentity } from '../workspace-settings.js';
import type { ApiMethod } from './api-method.js';

/**
 * Lets a call pass whose token and scopes fit the method.
 *
 * Throws `not_authed`, `invalid_auth`, `not_allowed_token_type`, or `missing_scope` with what was needed and
 * what the app has. An app-level token counts only in the header.
 */
export function checkToken(
  app: AppIdentity,
  method: ApiMethod,
  call: { readonly authorization: string | undefined; readonly args: JsonObject },
): void {
  if (method.token === 'none') return;
  const inHeader = /^Bearer (.+)$/i.exec(call.authorization ?? '')?.[1];
  const given = inHeader ?? (method.token === 'bot' ? textAt(call.args, 'token') : undefined);
  if (given === undefined) throw new SlackRefusal('not_authed');
  if (given !== app.botToken && given !== app.appToken) throw new SlackRefusal('invalid_auth');
  const wanted = method.token === 'app' ? app.appToken : app.botToken;
  if (given !== wanted) throw new SlackRefusal('not_allowed_token_type');
  const { scopes = [] } = method;
  if (scopes.length > 0 && !scopes.some((scope) => app.scopes.includes(scope))) {
    throw new SlackRefusal('missing_scope', { needed: scopes.join(','), provided: app.scopes.join(',') });
  }
}
