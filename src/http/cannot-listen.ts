/** An address that the settings name for listening cannot be had; the message says which setting to change. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

/** Says why an address cannot be listened on, in terms of the settings. */
export function cannotListen(
  at: { readonly setting: string; readonly host: string; readonly port: number },
  cause: Error & { readonly code?: string },
): CannotListen {
  return new CannotListen(`Cannot listen on ${at.host}, port ${at.port}: ${reasonOf(at.setting, cause)}`, {
    cause,
  });
}

function reasonOf(setting: string, { code, message }: Error & { readonly code?: string }): string {
  switch (code) {
    case 'EADDRINUSE':
      return `another program has that port. Stop it, or set ${setting}.port to a free one.`;
    case 'EACCES':
      return `this user may not use that port. Set ${setting}.port to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no such address. Set ${setting}.host to one it has, such as 127.0.0.1.`;
    default:
      return `${message}. See ${setting}.host and ${setting}.port.`;
  }
}
