import type { IncomingMessage } from 'node:http'

/** Whether a request over HTTP/1.1 has a body: its headers say so (RFC 9112, section 6.3). */
export const announcesBody = ({ headers }: IncomingMessage): boolean =>
  'transfer-encoding' in headers || ('content-length' in headers && headers['content-length'] !== '0')
