/** Starting over, and taking the state along. */
import { OryProxyError } from '../../errors.js'
import { type Answer, acceptsJson, type Exchange, json, redirect } from '../http.js'
import { Problem } from '../kratos-errors.js'
import { exportState, importState } from '../state-file.js'
import type { DevTools } from './index.js'

/** `POST /dev/reset`: only the people of the seed are left, the clock is right and nothing is faulty. */
export async function resetAll(x: Exchange, dev: DevTools): Promise<Answer> {
  await dev.reset()
  return acceptsJson(x) || x.header('sec-fetch-mode') === ''
    ? json(200, { reset: true })
    : redirect(x, '../dev')
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
export async function importAll(x: Exchange): Promise<Answer> {
  if (x.tooLarge)
    throw new Problem(413, { reason: 'The state is larger than 5 MiB: start with --import instead.' })
  try {
    await importState(x.core, x.body.toString('utf8'), 'state')
  } catch (error) {
    if (error instanceof OryProxyError) throw new Problem(400, { reason: error.message })
    throw error
  }
  return json(200, { imported: true })
}
