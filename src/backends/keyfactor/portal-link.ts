import type { Instance } from '../../domain/instance.js';
import { hostOf } from './client.js';
import type { KeyfactorServer } from './settings.js';

/** Fills in the portal's address for an instance; undefined if links are off or a part is not known. */
export function portalLink(server: KeyfactorServer, { ref, referenceId }: Instance): string | undefined {
  const { portalUrl } = server;
  if (portalUrl === 'none' || (portalUrl.includes('{referenceId}') && referenceId === undefined)) {
    return undefined;
  }
  return portalUrl
    .replaceAll('{hostname}', hostOf(server))
    .replaceAll('{id}', encodeURIComponent(ref.id))
    .replaceAll('{referenceId}', encodeURIComponent(referenceId ?? ''));
}
