import { createCsr, enrolmentData } from '../../../src/sandbox/keyfactor/samples.js';
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
    definition = 'Web server enrolment',
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
    data: enrolmentData({ subject, sans, csr, template: 'Web Server 2y', ca: 'CorpIssuingCA1', requester }),
  };
}
