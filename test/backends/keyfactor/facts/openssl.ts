import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a request made by OpenSSL asks for, in the words of its configuration. */
export interface Sketch {
  /** Name of a key of `keyKinds`. */
  readonly key: string;
  /** One `type=value` a line, such as `CN=app.example.com`. */
  readonly subject: readonly string[];
  /** Lines of the section of extensions. */
  readonly extensions: readonly string[];
  /** Further sections, and lines outside of any. */
  readonly sections?: readonly string[];
  /** Lines of the section of attributes of a request. */
  readonly attributes?: readonly string[];
  readonly digest?: string;
  /** Options of the signature, such as `rsa_padding_mode:pss`. */
  readonly signing?: readonly string[];
}

/** Kinds of keys by name, with the command of OpenSSL that makes one; it takes its file before the rest. */
export const keyKinds: Readonly<Record<string, readonly string[]>> = {
  rsa1024: ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  rsa2048: ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  rsa3: [
    'genpkey',
    '-algorithm',
    'RSA',
    '-pkeyopt',
    'rsa_keygen_bits:2048',
    '-pkeyopt',
    'rsa_keygen_pubexp:3',
  ],
  pss: ['genpkey', '-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'],
  pssOnly: [
    'genpkey',
    '-algorithm',
    'RSA-PSS',
    '-pkeyopt',
    'rsa_keygen_bits:2048',
    '-pkeyopt',
    'rsa_pss_keygen_md:sha512',
    '-pkeyopt',
    'rsa_pss_keygen_mgf1_md:sha512',
  ],
  pss1024: ['genpkey', '-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:1024'],
  ...Object.fromEntries(
    [
      'prime256v1',
      'secp384r1',
      'secp521r1',
      'secp224r1',
      'secp256k1',
      'prime192v1',
      'brainpoolP256r1',
      'sect283k1',
      'secp112r1',
    ].map((curve) => [curve, ['genpkey', '-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`]]),
  ),
  explicit: [
    'genpkey',
    '-algorithm',
    'EC',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-pkeyopt',
    'ec_param_enc:explicit',
  ],
  dsa: ['dsaparam', '-genkey', '-noout', '1024'],
  ed25519: ['genpkey', '-algorithm', 'ED25519'],
  ed448: ['genpkey', '-algorithm', 'ED448'],
};

/** OpenSSL as a program of its own, with a folder for its files. */
export interface Openssl {
  /** Makes a signing request, as PEM. */
  request(sketch: Sketch): string;
  /** Makes a certificate that signs itself, as PEM. */
  certificate(sketch: Sketch): string;
  /** Prints a request or certificate in its own words. */
  print(pem: string): string;
  /** SHA-256 of the public key of a request or certificate, as bare base64. */
  fingerprint(pem: string): string;
  close(): void;
}

/** Opens OpenSSL; throws if the machine has none, since it is the judge of what a request holds. */
export function openOpenssl(): Openssl {
  const folder = mkdtempSync(join(tmpdir(), 'openssl-'));
  const run = (args: readonly string[], input = '') =>
    execFileSync('openssl', args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  const keys = new Map<string, string>();
  const keyOf = (kind: string): string => {
    const known = keys.get(kind);
    if (known !== undefined) return known;
    const file = join(folder, `${kind}.pem`);
    const [command = 'genpkey', ...rest] = keyKinds[kind] ?? [];
    run([command, '-out', file, ...rest]);
    keys.set(kind, file);
    return file;
  };
  const make = (sketch: Sketch, more: readonly string[]) => {
    const config = join(folder, 'request.cnf');
    writeFileSync(config, configOf(sketch));
    const signing = (sketch.signing ?? []).flatMap((option) => ['-sigopt', option]);
    const digest = /^ed/.test(sketch.key) ? [] : [`-${sketch.digest ?? 'sha256'}`];
    return run([
      'req',
      '-new',
      '-utf8',
      '-key',
      keyOf(sketch.key),
      '-config',
      config,
      ...digest,
      ...signing,
      ...more,
    ]);
  };
  return {
    request: (sketch) => make(sketch, []),
    certificate: (sketch) => make(sketch, ['-x509', '-days', '90', '-extensions', 'ext']),
    print: (pem) =>
      run(
        [pem.includes('REQUEST') ? 'req' : 'x509', '-noout', '-text', '-nameopt', 'RFC2253,utf8,-esc_msb'],
        pem,
      ),
    fingerprint: (pem) => {
      const key = run([pem.includes('REQUEST') ? 'req' : 'x509', '-noout', '-pubkey'], pem);
      const bytes = Buffer.from(key.replace(/-----[^-]+-----|\s/g, ''), 'base64');
      return createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '');
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function configOf({ subject, extensions, attributes = [], sections = [] }: Sketch): string {
  return [
    '[req]',
    'prompt = no',
    'string_mask = utf8only',
    'distinguished_name = dn',
    ...(extensions.length > 0 ? ['req_extensions = ext'] : []),
    ...(attributes.length > 0 ? ['attributes = att', '[att]', ...attributes] : []),
    '[dn]',
    ...subject.map((line, index) => line.replace(/^/, `${index}.`)),
    '[ext]',
    ...extensions,
    ...sections,
    '',
  ].join('\n');
}
