import type { DataBag } from '../../simulators/keyfactor/engine/model.js';
import { createCertificate } from '../../simulators/keyfactor/samples/create-certificate.js';
import { createCsr } from '../../simulators/keyfactor/samples/create-csr.js';
import { enrolmentData } from '../../simulators/keyfactor/samples/enrolment-data.js';
import { revocationData } from '../../simulators/keyfactor/samples/revocation-data.js';
import type { InstanceSketch } from '../../simulators/keyfactor/world/lifecycle.js';
import { type DemoRequest, type Enrolment, type Revocation, subjectOf } from './request.js';

/** Stands in the data of every PFX enrolment; nobody may ever read it in Slack or in the log. */
export const pfxPassword = 'Tr0ub4dor-and-3';

const dayMs = 86_400_000;

/** Writes a request down the way Command carries it, with a real signing request where it has one. */
export async function instanceSketchOf(request: DemoRequest, nowMs: number): Promise<InstanceSketch> {
  const { definition, requester, about } = request;
  const subject = subjectOf(request);
  const isRevocation = about.kind === 'revocation';
  return {
    definition,
    title: isRevocation
      ? `${requester} is revoking the certificate with ${subject}.`
      : `${requester} is enrolling for a certificate with ${subject}.`,
    initiator: requester,
    data: isRevocation
      ? revocation(about, subject, requester)
      : await enrolment(about, { subject, requester, nowMs }),
  };
}

async function enrolment(
  about: Enrolment,
  { subject, requester, nowMs }: { subject: string; requester: string; nowMs: number },
): Promise<DataBag> {
  const { key, template, authority: ca, replaces } = about;
  const sans = { dns: about.host.includes(' ') ? [] : [about.host, ...(about.otherNames ?? [])] };
  const renews = replaces && {
    renews: await createCertificate({
      subject,
      issuer: `CN=${ca}, O=Key Example`,
      sans: { dns: replaces.names },
      key: key === 'server-made' ? 'rsa-2048' : key,
      notBefore: new Date(nowMs - 700 * dayMs),
      notAfter: new Date(nowMs + replaces.expiresInDays * dayMs),
    }),
  };
  const source = key === 'server-made' ? { pfxPassword } : { csr: await createCsr({ subject, sans, key }) };
  return enrolmentData({ subject, sans, template, ca, requester, ...source, ...renews });
}

function revocation(about: Revocation, subject: string, requester: string): DataBag {
  const { certificateId, serialNumber, reason, comment, authority: ca } = about;
  return revocationData({ subject, certificateId, serialNumber, reason, comment, ca, requester });
}
