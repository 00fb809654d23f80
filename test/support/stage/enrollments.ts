import { createCertificate, createCsr, enrollmentData } from '../../../src/sandbox/keyfactor/samples.js';
import type { Stage } from './open-stage.js';
import { personas } from './personas.js';

/** What a request for a certificate may differ in. */
export interface RequestSketch {
  readonly definition?: string;
  readonly host?: string;
  readonly requester?: string;
}

/** Asks for a web server certificate in Command, and gives the id of the run that waits. */
export async function askForCertificate(stage: Stage, about: RequestSketch = {}): Promise<string> {
  return stage.command.startInstance(await certificateRequest(about));
}

/** Writes a request for a web server certificate, with a real signing request in it. */
export async function certificateRequest(about: RequestSketch = {}) {
  const {
    definition = 'Web server enrollment',
    host = 'app.keyexample.com',
    requester = personas.sam.identity,
  } = about;
  const subject = `CN=${host}`;
  const sans = { dns: [host] };
  const csr = await createCsr({ subject, sans, key: 'ec-p256' });
  return {
    definition,
    title: `${requester} is enrolling for a certificate with ${subject}.`,
    initiator: requester,
    data: enrollmentData({ subject, sans, csr, template: 'Web Server 2y', ca: 'CorpIssuingCA1', requester }),
  };
}

const dayMs = 24 * 60 * 60_000;

/** Writes Sam's request for the same certificate anew, of one that expires twenty days from now. */
export async function renewalRequest(
  nowMs: number,
  {
    host = 'app.keyexample.com',
    names = [host],
  }: { readonly host?: string; readonly names?: readonly string[] } = {},
) {
  const requester = personas.sam.identity;
  const subject = `CN=${host}`;
  const [csr, renews] = await Promise.all([
    createCsr({ subject, sans: { dns: names }, key: 'ec-p256' }),
    createCertificate({
      subject,
      sans: { dns: [host] },
      key: 'ec-p256',
      issuer: 'CN=CorpIssuingCA1',
      template: 'WebServer',
      notBefore: new Date(nowMs - 300 * dayMs),
      notAfter: new Date(nowMs + 20 * dayMs),
    }),
  ]);
  return {
    definition: 'Web server enrollment',
    title: `${requester} is enrolling for a certificate with ${subject}.`,
    initiator: requester,
    data: enrollmentData({
      subject,
      sans: { dns: names },
      csr,
      renews,
      template: 'WebServer',
      ca: 'ca01\\CorpIssuingCA1',
      requester,
    }),
  };
}
