/** Which conversation is open, and who the person at the screen is; both live in the address. */
export interface Route {
  readonly actingAs?: string;
  readonly channel?: string;
}

/** Reads a route from `location.hash`. */
export function readRoute(hash: string): Route {
  const text = new URLSearchParams(hash.replace(/^#/, ''));
  const actingAs = text.get('as');
  const channel = text.get('channel');
  return { ...(actingAs ? { actingAs } : {}), ...(channel ? { channel } : {}) };
}

/** Writes a route as a link, so that a second tab can be somebody else. */
export function routeLink(route: Route): string {
  const text = new URLSearchParams();
  if (route.actingAs !== undefined) text.set('as', route.actingAs);
  if (route.channel !== undefined) text.set('channel', route.channel);
  return `#${text.toString()}`;
}
