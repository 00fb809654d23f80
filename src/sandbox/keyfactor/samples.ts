import 'reflect-metadata';
import '../../shared/webcrypto-names.js';
import { webcrypto } from 'node:crypto';
import {
  Extension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { defined } from '../../shared/language.js';
import type { DataBag } from './engine.js';

/** What a certificate request asks for. */
interface CsrSketch {
  /** Distinguished name, for instance `CN=app.example.com, O=Example`. */
  readonly subject: string;
  readonly sans?: SampleNames;
  readonly key?: SampleKey;
}

/** Makes a real, signed certificate request (PKCS #10) with a fresh key and returns it as PEM. */
export async function createCsr({ subject, sans = {}, key = 'rsa-2048' }: CsrSketch): Promise<string> {
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: subject,
      ...(await createSampleKey(key)),
      extensions: extensionsOf(sans),
    },
    webcrypto,
  );
  return request.toString('pem');
}

/** Reasons of RFC 5280 with the numbers the API uses. */
const reasonNumbers = {
  Unspecified: 0,
  KeyCompromise: 1,
  CACompromise: 2,
  AffiliationChanged: 3,
  Superseded: 4,
  CessationOfOperation: 5,
  CertificateHold: 6,
} as const;

/** What a revocation is about. */
interface RevocationSketch {
  readonly subject: string;
  readonly certificateId: number;
  readonly serialNumber: string;
  readonly reason?: keyof typeof reasonNumbers;
  readonly comment?: string;
  /** ISO 8601. */
  readonly effectiveDate?: string;
  readonly ca?: string;
  readonly requester?: string;
}

/** Builds the data a revocation run carries, in one of three spellings. */
export function revocationData(sketch: RevocationSketch, dialect: DataDialect = 'token'): DataBag {
  const { subject, certificateId, serialNumber, comment = '', effectiveDate, requester } = sketch;
  const { reason = 'Unspecified', ca = usualCa } = sketch;
  const [name, number] = [commonName(subject), reasonNumbers[reason]];
  const isRequest = dialect === 'request';
  return spelt(dialect, [
    ['certid CertificateId Certificate_Id', dialect === 'spaced' ? String(certificateId) : certificateId],
    ['cn Subject Common_Name', isRequest ? subject : name],
    ['CA CertificateAuthority Certificate_Authority', ca],
    ['code RevokeCode Revocation_Code', isRequest ? number : reason],
    ['cmnt Comment Comment', comment],
    ['SerialNumber SerialNumber Serial_Number', serialNumber],
    ['EffectiveDate EffectiveDate Effective_Date', effectiveDate],
    ['InitiatingUserName InitiatingUserName Initiating_User_Name', requester],
  ]);
}

/**
 * How a server spells the keys of its data: as e-mail tokens do, as enrollment requests do, or as the labels of
 * the portal, with spaces. Which one a given version uses is not documented.
 */
export type DataDialect = 'token' | 'request' | 'spaced';

/** What an enrollment is about. */
interface EnrollmentSketch {
  readonly subject: string;
  readonly sans?: SampleNames;
  /** PEM; absent where the server makes the key (PFX enrollment). */
  readonly csr?: string;
  readonly template?: string;
  readonly ca?: string;
  readonly requester?: string;
  /** PEM of the certificate this one replaces. */
  readonly renews?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Password of the PFX file, which no reader may ever show. */
  readonly pfxPassword?: string;
}

/** Builds the data an enrollment run carries, in one of three spellings. */
export function enrollmentData(sketch: EnrollmentSketch, dialect: DataDialect = 'request'): DataBag {
  const { subject, csr, renews, requester, pfxPassword, metadata, sans = {} } = sketch;
  const { template = 'WebServer', ca = usualCa } = sketch;
  const texts = generalNames(sans).map(({ type, value }) => `${type}=${value}`);
  const names = { token: texts.join('&'), request: sans, spaced: texts.join(', ') }[dialect];
  const bag = spelt(dialect, [
    ['cn - -', commonName(subject)],
    ['subject Subject Subject_Name', subject],
    ['sans SANs Subject_Alternative_Names', names],
    ['csr CSR CSR:Raw', csr !== undefined && dialect === 'token' ? bareBase64(csr) : csr],
    ['template Template Template_Name', template],
    ['CA CertificateAuthority Certificate_Authority', ca],
    ['- KeyRetention Key_Retention', csr === undefined ? 'Indefinite' : 'None'],
    ['AdditionalAttributes AdditionalAttributes -', { Department: 'Platform' }],
    ['CertificateToBeRenewed CertificateToBeRenewed Certificate_To_Be_Renewed', renews && bareBase64(renews)],
    ['InitiatingUserName InitiatingUserName Initiating_User_Name', requester],
    ['- IsPFX -', csr === undefined],
    ['pfxpassword PfxPassword Pfx_Password', pfxPassword],
    ['- Metadata -', metadata ?? {}],
  ]);
  return dialect === 'request' ? bag : { ...bag, ...metadata };
}

const usualCa = 'ca01.example.com\\Example Issuing CA';

/**
 * Writes values under their names in a dialect, out of rows with the name in each: `token request spaced`.
 *
 * A dialect whose name is a dash lacks the value, `_` stands for a space, and what is not there is left out: a
 * missing key and a null are not the same to a reader.
 */
function spelt(dialect: DataDialect, rows: readonly (readonly [names: string, value: unknown])[]): DataBag {
  const index = ['token', 'request', 'spaced'].indexOf(dialect);
  const entries = rows.map(
    ([names, value]) => [names.split(' ')[index]?.replaceAll('_', ' '), value] as const,
  );
  return Object.fromEntries(entries.filter(([name, value]) => name !== '-' && value !== undefined));
}

/** Reads the common name out of a distinguished name. */
function commonName(subject: string): string {
  return /(?:^|,)\s*CN=([^,]+)/i.exec(subject)?.[1]?.trim() ?? subject;
}

/** What a certificate says. */
interface CertificateSketch {
  readonly subject: string;
  readonly sans?: SampleNames;
  readonly key?: SampleKey;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Hexadecimal; random unless told. */
  readonly serialNumber?: string;
  /** Distinguished name of who issued it; the subject itself unless told. */
  readonly issuer?: string;
  /** Name of the template of version 1 it was issued by; none unless told. */
  readonly template?: string;
}

/** Makes a real certificate with a fresh key, which also signs it whoever the issuer is, and returns it as PEM. */
export async function createCertificate(sketch: CertificateSketch): Promise<string> {
  const { subject, notBefore, notAfter, serialNumber, template } = sketch;
  const { sans = {}, key = 'rsa-2048', issuer = subject } = sketch;
  const { keys, signingAlgorithm } = await createSampleKey(key);
  const certificate = await X509CertificateGenerator.create(
    {
      subject,
      issuer,
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm,
      notBefore,
      notAfter,
      ...defined({ serialNumber }),
      extensions: [...extensionsOf(sans), ...(template === undefined ? [] : [templateExtension(template)])],
    },
    webcrypto,
  );
  return certificate.toString('pem');
}

/** Names a template the way Microsoft's authorities do for those of version 1: a BMPString. */
function templateExtension(template: string): Extension {
  const text = Buffer.from(template, 'utf16le').swap16();
  return new Extension('1.3.6.1.4.1.311.20.2', false, Uint8Array.from([0x1e, text.length, ...text]));
}

/** Strips a PEM text down to the base64 the server keeps in its data. */
export function bareBase64(pem: string): string {
  return pem.replace(/-----[^-]+-----/g, '').replace(/\s+/g, '');
}

/** Kinds of keys people really send, a weak one among them. */
export type SampleKey = 'rsa-1024' | 'rsa-2048' | 'rsa-3072' | 'ec-p256' | 'ec-p384';

/** Other names of a subject by kind, in the order they are to appear. */
interface SampleNames {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  readonly email?: readonly string[];
}

const curves = { 'ec-p256': 'P-256', 'ec-p384': 'P-384' } as const;

const lengths = { 'rsa-1024': 1024, 'rsa-2048': 2048, 'rsa-3072': 3072 } as const;

/** Makes a new key pair and names the algorithm to sign with it. */
async function createSampleKey(key: SampleKey): Promise<{
  keys: webcrypto.CryptoKeyPair;
  signingAlgorithm: { name: string; hash: string };
}> {
  const hash = 'SHA-256';
  if (key === 'ec-p256' || key === 'ec-p384') {
    const algorithm = { name: 'ECDSA', namedCurve: curves[key] };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    return { keys, signingAlgorithm: { name: 'ECDSA', hash } };
  }
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash,
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: lengths[key],
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  return { keys, signingAlgorithm: { name: algorithm.name, hash } };
}

function extensionsOf(sans: SampleNames): SubjectAlternativeNameExtension[] {
  const names = generalNames(sans);
  return names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)];
}

/** Lists other names in the form the extension builder takes. */
function generalNames(names: SampleNames): { type: 'dns' | 'ip' | 'email'; value: string }[] {
  const list = (type: 'dns' | 'ip' | 'email') => (names[type] ?? []).map((value) => ({ type, value }));
  return [...list('dns'), ...list('ip'), ...list('email')];
}
