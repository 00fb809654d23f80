import type { DataBag } from '../engine/model.js';
import type { DataDialect } from './enrolment-data.js';
import { commonName, present } from './enrolment-data.js';

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
export interface RevocationSketch {
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
  const { reason = 'Unspecified', ca = 'ca01.example.com\\Example Issuing CA' } = sketch;
  switch (dialect) {
    case 'token':
      return present({
        certid: certificateId,
        cn: commonName(subject),
        CA: ca,
        code: reason,
        cmnt: comment,
        SerialNumber: serialNumber,
        EffectiveDate: effectiveDate,
        InitiatingUserName: requester,
      });
    case 'request':
      return present({
        CertificateId: certificateId,
        Subject: subject,
        CertificateAuthority: ca,
        RevokeCode: reasonNumbers[reason],
        Comment: comment,
        SerialNumber: serialNumber,
        EffectiveDate: effectiveDate,
        InitiatingUserName: requester,
      });
    case 'spaced':
      return present({
        'Certificate Id': String(certificateId),
        'Common Name': commonName(subject),
        'Certificate Authority': ca,
        'Revocation Code': reason,
        Comment: comment,
        'Serial Number': serialNumber,
        'Effective Date': effectiveDate,
        'Initiating User Name': requester,
      });
    default:
      return dialect satisfies never;
  }
}
