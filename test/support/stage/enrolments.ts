import { createCsr } from '../../../src/simulators/keyfactor/samples/create-csr.js';
import { enrolmentData } from '../../../src/simulators/keyfactor/samples/enrolment-data.js';
import { cast } from './cast.js';
import type { Stage } from './open-stage.js';

/** Asks for a web server certificate in Command, and gives the id of the run that waits. */
export async function askForCertificate(
  stage: Stage,
  about: { readonly definition?: string; readonly host?: string; readonly requester?: string } = {},
): Promise<string> {
  const {
    definition = 'Web server enrolment',
    host = 'app.keyexample.com',
    requester = cast.sam.identity,
  } = about;
  const subject = `CN=${host}`;
  const csr = await createCsr({ subject, sans: { dns: [host] }, key: 'ec-p256' });
  return stage.command.startInstance({
    definition,
    title: `${requester} is enrolling for a certificate with ${subject}.`,
    initiator: requester,
    data: enrolmentData({
      subject,
      sans: { dns: [host] },
      csr,
      template: 'Web Server 2y',
      ca: 'CorpIssuingCA1',
      requester,
    }),
  });
}
