/** Starting over, and taking the state along. */

import { OryProxyError } from '../../errors.js'
import { wake } from '../courier/worker.js'
import type { Answer, Exchange } from '../http/exchange.js'
import { badRequest, Problem } from '../http/kratos-errors.js'
import { exportState, importState } from '../store/state-file.js'
import type { Done } from './tool.js'
import type { DevTools } from './types.js'

/** `POST /dev/reset`: only the people of the seed are left, the clock is right and nothing is faulty. */
export async function resetAll(_x: Exchange, dev: DevTools): Promise<Done> {
  await dev.reset()
  return { json: { reset: true } }
}

/** `GET /dev/export` */
export function exportAll(x: Exchange): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="ory-state.json"',
      'x-content-type-options': 'nosniff',
    },
    body: exportState(x.core),
  }
}

/** `POST /dev/import` with what `export` gave. */
export async function importAll(x: Exchange): Promise<Done> {
  if (x.tooLarge)
    throw new Problem(413, { reason: 'The state is larger than 5 MiB: start with --import instead.' })
  const { text, name } = await uploaded(x)
  try {
    await importState(x.core, text, name)
    wake(x.core)
  } catch (error) {
    if (error instanceof OryProxyError) throw badRequest(error.message)
    throw error
  }
  return { json: { imported: true } }
}

/** The body, or the file of the form on the page. */
async function uploaded(x: Exchange): Promise<{ text: string; name: string }> {
  const type = x.header('content-type')
  if (!type.startsWith('multipart/form-data')) return { text: x.body.toString('utf8'), name: 'state' }
  const body = new Response(new Uint8Array(x.body), { headers: { 'content-type': type } })
  const file = (await body.formData().catch(() => undefined))?.get('file')
  if (!(file instanceof File)) throw badRequest('There is no file in this form.')
  return { text: await file.text(), name: file.name }
}
