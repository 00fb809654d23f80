import {
  type BackendKind,
  entraScopeWarning,
  personSecret,
  type ServerSecret,
  type ServerVariable,
} from '../kind.js';
import { type KeyfactorSecrets, type KeyfactorServer, keyfactorServer } from './settings.js';

/** What may stand in the environment instead of the settings file, under the vendor's own names. */
const variables: readonly ServerVariable[] = [
  {
    name: 'HOSTNAME',
    meaning: 'Host of the server.',
    example: 'keyfactor.example.com',
    fills: ['hostname'],
  },
  {
    name: 'PORT',
    meaning: 'Port of the server.',
    example: '8443',
    fills: ['port'],
    convert: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  },
  { name: 'API_PATH', meaning: 'Path of the API.', example: 'KeyfactorAPI', fills: ['apiPath'] },
  {
    name: 'CA_CERT',
    meaning: 'Certificate authorities to trust for the server: a path, or PEM text.',
    example: '/etc/ssl/corp-root.pem',
    fills: ['caCert'],
  },
  {
    name: 'CLIENT_TIMEOUT',
    meaning: 'How many seconds one read request may take.',
    example: '60',
    fills: ['timeout'],
    convert: (text) => (/^\d+$/.test(text) ? `${text}s` : text),
  },
  {
    name: 'USERNAME',
    meaning: 'Who signs in.',
    example: 'svc-countersign',
    fills: ['auth', 'username'],
    auth: 'basic',
    choosesAuth: true,
  },
  {
    name: 'DOMAIN',
    meaning: 'Domain of that user.',
    example: 'CORP',
    fills: ['auth', 'domain'],
    auth: 'basic',
  },
  {
    name: 'AUTH_CLIENT_ID',
    meaning: 'Client that signs in.',
    example: 'countersign',
    fills: ['auth', 'clientId'],
    auth: 'oauth',
    choosesAuth: true,
  },
  {
    name: 'AUTH_TOKEN_URL',
    meaning: 'Token endpoint of the identity provider.',
    example: 'https://idp.example.com/token',
    fills: ['auth', 'tokenUrl'],
    auth: 'oauth',
  },
  {
    name: 'AUTH_SCOPES',
    meaning: 'Scopes to request, separated by commas.',
    example: 'openid,profile',
    fills: ['auth', 'scopes'],
    auth: 'oauth',
    convert: (text) => text.split(',').flatMap((part) => part.trim() || []),
  },
  {
    name: 'AUTH_AUDIENCE',
    meaning: 'Audience to request.',
    example: 'keyfactor-api',
    fills: ['auth', 'audience'],
    auth: 'oauth',
  },
  {
    name: 'AUTH_CA_CERT',
    meaning: 'Certificate authorities to trust for the token endpoint: a path, or PEM text.',
    example: '/etc/ssl/idp-root.pem',
    fills: ['authCaCert'],
  },
];

/** Exactly the one its way of signing in needs is read. */
const secrets: readonly ServerSecret<keyof KeyfactorSecrets>[] = [
  {
    name: 'PASSWORD',
    meaning: 'Password of that user.',
    example: '…',
    secret: 'password',
    neededBy: { auth: ['basic'] },
    choosesAuth: true,
  },
  {
    name: 'AUTH_CLIENT_SECRET',
    meaning: 'Secret of that client.',
    example: '…',
    secret: 'clientSecret',
    neededBy: { auth: ['oauth'] },
    choosesAuth: true,
  },
  {
    name: 'AUTH_ACCESS_TOKEN',
    meaning: 'Access token issued in advance.',
    example: '…',
    secret: 'accessToken',
    neededBy: { auth: ['token'] },
    choosesAuth: true,
  },
];

/** Types of workflows that documents of Command name; newer versions have more. */
const types = [
  'Enrollment',
  'Revocation',
  'CertificateEnteredCollection',
  'CertificateLeftCollection',
  'Expiration',
];

const introduction = `
### Keyfactor Command

These are the names the vendor's own tools use. With one server in the file they are written as below. With
several, the server's name follows \`KEYFACTOR_\`, in capitals and with dashes as underscores: for a server
\`corp-pki\`, \`KEYFACTOR_CORP_PKI_AUTH_CLIENT_SECRET\`. What the file says counts more than a variable. If the
file does not say how to sign in, the variables that are set decide: user and password, client and secret,
or an access token.

The secret of \`personSignIn\` is not the vendor's, so it has a name of ours, and the server's name is always in it:
for a server \`corp-pki\`, \`COUNTERSIGN_CORP_PKI_PERSON_CLIENT_SECRET\`.

\`KEYFACTOR_SKIP_VERIFY\` is refused: whoever can pose as the server could decide approvals. Name your
certificate authority in \`KEYFACTOR_CA_CERT\` instead.
`;

/** Keyfactor Command: each server is one system. */
export const keyfactor: BackendKind<KeyfactorServer, KeyfactorSecrets> = {
  key: 'keyfactor',
  meaning: 'The Keyfactor Command servers',
  schema: keyfactorServer,
  prefix: 'KEYFACTOR_',
  variables,
  secrets,
  ownSecrets: [personSecret],
  authorities: ['caCert', 'authCaCert'],
  skipsChecks: { name: 'SKIP_VERIFY', instead: 'CA_CERT' },
  introduction,
  variableAt(path) {
    const name = String(path.at(-1)).toLowerCase();
    if (path[0] === 'personSignIn' || name.includes('person')) return personSecret.name;
    if (name.includes('pass')) return 'PASSWORD';
    return name.includes('token') ? 'AUTH_ACCESS_TOKEN' : 'AUTH_CLIENT_SECRET';
  },
  systemsOf: ({ signalAs, userNames }, name) => [
    {
      name,
      path: [],
      types,
      approvals: 'polled',
      actsFor: 'anybody',
      isEmailNamed: userNames === 'email',
      signalsAsPerson: signalAs === 'person',
    },
  ],
  warningsOf({ auth, personSignIn, signalAs }) {
    const service =
      auth.kind === 'oauth'
        ? entraScopeWarning({ setting: 'auth.scopes', url: auth.tokenUrl, scopes: auth.scopes })
        : undefined;
    const people =
      personSignIn && signalAs === 'person'
        ? entraScopeWarning({
            setting: 'personSignIn.scopes',
            url: personSignIn.issuer,
            scopes: personSignIn.scopes,
            isPerson: true,
          })
        : undefined;
    return [service, people].filter((note) => note !== undefined);
  },
  async load() {
    const { createKeyfactorBackend } = await import('./index.js');
    return { createBackends: (one, runtime) => [createKeyfactorBackend(one, runtime)] };
  },
};
