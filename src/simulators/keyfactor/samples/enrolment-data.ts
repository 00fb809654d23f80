import type { DataBag } from '../engine/model.js';
import { bareBase64 } from './create-certificate.js';
import type { SampleNames } from './sample-keys.js';
import { generalNames } from './sample-keys.js';

/**
 * How a server spells the keys of its data: as e-mail tokens do, as enrolment requests do, or as the labels of
 * the portal, with spaces. Which one a given version uses is not documented.
 */
export type DataDialect = 'token' | 'request' | 'spaced';

/** What an enrolment is about. */
export interface EnrolmentSketch {
  readonly subject: string;
  readonly sans?: SampleNames;
  /** PEM; absent where the server makes the key (PFX enrolment). */
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

/** Builds the data an enrolment run carries, in one of three spellings. */
export function enrolmentData(sketch: EnrolmentSketch, dialect: DataDialect = 'request'): DataBag {
  const {
    subject,
    csr,
    renews,
    template = 'WebServer',
    ca = 'ca01.example.com\\Example Issuing CA',
  } = sketch;
  const renewed = renews === undefined ? undefined : bareBase64(renews);
  const retention = csr === undefined ? 'Indefinite' : 'None';
  const attributes = { Department: 'Platform' };
  const texts = generalNames(sketch.sans ?? {}).map(({ type, value }) => `${type}=${value}`);
  switch (dialect) {
    case 'token':
      return present({
        cn: commonName(subject),
        subject,
        sans: texts.join('&'),
        csr: csr === undefined ? undefined : bareBase64(csr),
        template,
        CA: ca,
        AdditionalAttributes: attributes,
        CertificateToBeRenewed: renewed,
        InitiatingUserName: sketch.requester,
        pfxpassword: sketch.pfxPassword,
        ...sketch.metadata,
      });
    case 'request':
      return present({
        Subject: subject,
        SANs: sketch.sans ?? {},
        CSR: csr,
        Template: template,
        CertificateAuthority: ca,
        KeyRetention: retention,
        AdditionalAttributes: attributes,
        CertificateToBeRenewed: renewed,
        InitiatingUserName: sketch.requester,
        IsPFX: csr === undefined,
        PfxPassword: sketch.pfxPassword,
        Metadata: sketch.metadata ?? {},
      });
    case 'spaced':
      return present({
        'Subject Name': subject,
        'Subject Alternative Names': texts.join(', '),
        'CSR:Raw': csr,
        'Template Name': template,
        'Certificate Authority': ca,
        'Key Retention': retention,
        'Certificate To Be Renewed': renewed,
        'Initiating User Name': sketch.requester,
        'Pfx Password': sketch.pfxPassword,
        ...sketch.metadata,
      });
    default:
      return dialect satisfies never;
  }
}

/** Leaves out what is not there: a missing key and a null are not the same to a reader. */
export function present(bag: Readonly<Record<string, unknown>>): DataBag {
  return Object.fromEntries(Object.entries(bag).filter(([, value]) => value !== undefined));
}

/** Reads the common name out of a distinguished name. */
export function commonName(subject: string): string {
  return /(?:^|,)\s*CN=([^,]+)/i.exec(subject)?.[1]?.trim() ?? subject;
}
