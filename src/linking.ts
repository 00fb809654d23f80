import type { Settings } from './config.js';
import { createLinkRoutes } from './http/index.js';
import type { WebRoute } from './ports/web.js';
import type { Context } from './use-cases/context.js';
import { createLinking, type LinkingParts } from './use-cases/links/create-linking.js';
import { linkUrl } from './use-cases/links/invite.js';
import { createLinkService } from './use-cases/links/link-desk.js';
import type { Linking } from './use-cases/links/linking.js';
import { createSecretBox } from './vault.js';

/** What the parts that need linking are given; empty where no system is told decisions by people. */
export interface LinkingWiring {
  readonly linking?: Linking;
}

/** Opens what speaks for people, where the settings ask for it. */
export function linkingOf(
  { tokenKeys, http }: Pick<Settings, 'tokenKeys' | 'http'>,
  runtime: Omit<LinkingParts, 'secretBox' | 'publicUrl'>,
): LinkingWiring {
  if (!tokenKeys || http.publicUrl === undefined) return {};
  const secretBox = createSecretBox(tokenKeys);
  return { linking: createLinking({ ...runtime, secretBox, publicUrl: http.publicUrl }) };
}

/** Gives what a chat needs to write the address of an invitation. */
export function linkUrlsOf({ linking }: LinkingWiring): {
  readonly linkUrlOf?: (requestId: string) => string;
} {
  return linking ? { linkUrlOf: (requestId) => linkUrl(linking, requestId) } : {};
}

/** Lists the addresses at which people link their accounts; none where nobody does. */
export function linkRoutesOf(context: Context): readonly WebRoute[] {
  const { linking } = context;
  if (!linking) return [];
  return createLinkRoutes({ service: createLinkService(context, linking), publicUrl: linking.publicUrl });
}
