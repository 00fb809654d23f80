/** Which conversation is open, and who the person at the screen is; both live in the address. */
export interface Route {
  readonly actingAs?: string;
  readonly channel?: string;
}

/** Reads a route from `location.hash`. */
export function readRoute(hash: string): Route {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const actingAs = words.get('as');
  const channel = words.get('channel');
  return { ...(actingAs ? { actingAs } : {}), ...(channel ? { channel } : {}) };
}

/** Writes a route as a link, so that a second tab can be somebody else. */
export function routeLink(route: Route): string {
  const words = new URLSearchParams();
  if (route.actingAs !== undefined) words.set('as', route.actingAs);
  if (route.channel !== undefined) words.set('channel', route.channel);
  return `#${words.toString()}`;
}
