import { renderManifest } from '../chat/slack/manifest.js';

/** Gives the Slack app manifest for Socket Mode, or, with a public address, for HTTP. */
export function manifest(url: string | undefined): string {
  return renderManifest(url === undefined ? { mode: 'socket' } : { mode: 'http', url });
}
