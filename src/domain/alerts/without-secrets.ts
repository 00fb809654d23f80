/** What names a secret, alone or at the end of a longer name. */
const secretName = String.raw`[\w-]*(?:passw(?:or)?d|passphrase|passcode|pwd|pin|secret|token|cookie|credential|(?:api|access|account|shared|signing|encryption|secret|private)[-_ ]?(?:access[-_ ]?)?key)s?`;

/** Plain words that may follow `the token is`; anything else there is taken for the secret itself. */
const plainText =
  'a|about|already|an|being|blank|disabled|empty|expired|in|incorrect|invalid|locked|malformed|managed|missing|needed|no|not|null|of|on|required|revoked|set|stored|the|too|unavailable|unknown|used|valid|wrong';

/** A value in quotes, else up to a blank; a comma or a bracket belongs to it unless it ends the word. */
const value = String.raw`(?!\[removed\])("(?:[^"\\]|\\.)*(?:"|$)|'(?:[^'\\]|\\.)*(?:'|$)|(?:[^\s,;)}\]]|[,)}\]](?=[^\s,;)}\]]))+)`;

/** What may be a secret in a message that was written for operators’ eyes only. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g, '[removed]'],
  [
    /\b(Bearer|Basic|Negotiate|Digest)\s+(?!(?:auth\w*|constraints?|scheme|credentials?|tokens?)\b)[\w.~+/=-]{6,}/gi,
    '$1 [removed]',
  ],
  [/(?<![\w.-])eyJ[\w-]{5,}\.[\w-]{5,}(\.[\w-]*)*/g, '[removed]'],
  [/(:\/\/)[^\s/@:]*:[^\s/@]+@/g, '$1[removed]@'],
  [new RegExp(String.raw`(<(?:[\w.-]+:)?${secretName}\b[^<>]*>)(?!\[removed\])[^<]+`, 'gi'), '$1[removed]'],
  [new RegExp(String.raw`(?<![\w-])(${secretName})(["']?\s*[:=]\s*)${value}`, 'gi'), '$1$2[removed]'],
  [
    new RegExp(String.raw`(?<![\w-])(${secretName})(\s+(?:is|was)\s+)(?!(?:${plainText})\b)${value}`, 'gi'),
    '$1$2[removed]',
  ],
  [/(?<![\w+/-])(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{40,}={0,2}/g, '[removed]'],
];

/** More of a message is neither searched nor kept: it is the beginning that says what is wrong. */
const longest = 8_000;

/** Gives an error message without whatever in it may be a secret. */
export function withoutSecrets(message: string): string {
  return secrets.reduce((text, [pattern, sign]) => text.replace(pattern, sign), message.slice(0, longest));
}
