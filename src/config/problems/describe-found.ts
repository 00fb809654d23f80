const longestShown = 60;

/** Says what stands in the settings, cut short and without anything that looks like a secret. */
export function describeFound(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a group of settings';
  if (typeof value === 'string') return describeText(value);
  return String(value);
}

/** Tells whether a text is, or carries, a credential that may not be repeated. */
export function looksSecret(text: string): boolean {
  return (
    /\bx(ox[a-z]|app)-/i.test(text) ||
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ||
    /\beyJ[\w-]{8,}\.[\w-]+\./.test(text) ||
    /:\/\/[^/\s]*:[^/\s]*@/.test(text) ||
    /:\/\/\S*[?&]password=/i.test(text)
  );
}

function describeText(text: string): string {
  if (text === '') return 'an empty text';
  if (looksSecret(text)) return 'something that looks like a secret';
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return JSON.stringify(shown);
}
